"""URLs of the loop, by audience; coachhub/urls.py puts the audiences of the apps together."""

from sessions.urls import follow_up, plan, rate, run

coach = [*plan.coach, *run.coach, *rate.coach, *follow_up.coach]
learn = [*plan.learn, *run.learn, *rate.learn, *follow_up.learn]
manage = follow_up.manage
mailbox = follow_up.mailbox
