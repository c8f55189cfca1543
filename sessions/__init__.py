"""The loop itself: micro-sessions, ratings, feedback, reflections, follow-ups, delivery. App label: coaching."""
