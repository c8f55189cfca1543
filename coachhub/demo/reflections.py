"""What learners of the demo wrote, dealt once all is told: neighbours of one person and the newest of all differ."""

from collections import defaultdict

from coachhub.demo.history import Batch
from coachhub.demo.words import REPLIES, WORDS

type Text = tuple[str, str]  # what changed, why it matters

MORE: dict[str, tuple[Text, ...]] = {
    "pauses-before-answering": (
        ("He shouted, I counted one, and he said sorry for shouting.", "Silence did what no sentence of mine would."),
        ("I caught myself breathing in to speak and let it go out again.", "The next thing she said was the point."),
        (
            "Two calls with the pause, one without. The one without took twice as long.",
            "I can feel the difference now.",
        ),
        ("My hand on the desk reminded me. I slowed down before she did.", "She came down with me."),
    ),
    "names-the-feeling": (
        (
            "“You have been passed around all week.” He laughed, short, and then gave me the number.",
            "He was on my side.",
        ),
        (
            "I said worried, he said no, angry. Even the wrong word helped.",
            "He put it right himself and went on calmer.",
        ),
        (
            "The feeling came out before I had opened the order, for the first time.",
            "I looked at her and not at the screen.",
        ),
        (
            "A mother with a broken pram. I said how tiring that must be, and she told me what she needed.",
            "It took a minute.",
        ),
        (
            "I noticed “disappointed” in his voice while he was still polite.",
            "Before, I would have heard the polite part only.",
        ),
        (
            "It felt like a line from a script, so I said it in my own words.",
            "She did not notice a line. She felt heard.",
        ),
    ),
    "says-sorry-for-one-thing": (
        (
            "“I am sorry the driver rang twice and left.” She had that written down, word for word.",
            "She crossed it out.",
        ),
        ("I left the depot out of it. Nobody asked who was to blame.", "We had three minutes left for the new date."),
        ("One sorry, then quiet. He filled the quiet himself.", "I used to fill it, with reasons."),
        ("I wanted to explain the system. I wrote the explanation on paper instead.", "The customer never needed it."),
        ("Saying what it cost her, a day off, was harder than the sorry.", "That was the part she answered to."),
    ),
    "says-what-is-possible-first": (
        ("“Tomorrow at eight” came out first, and the no was half as long.", "I did not have to defend it."),
        ("I had two offers ready before I picked up. He took the second.", "Choosing made him quiet."),
        ("I heard my “unfortunately” coming and turned the sentence round.", "She wrote down the date at once."),
        ("It was a hard no, and I still found one thing I can do.", "He rang off with a thank-you. That is new."),
        ("On the third call it came without thinking.", "I spend less on apologies and more on dates."),
    ),
    "ends-with-who-what-when": (
        ("I gave my own name for the call-back and put it in the calendar while she listened.", "She heard me type."),
        ("“And if it slips?” he asked. I had an answer.", "He did not ask for my manager."),
        (
            "I said Thursday, noticed I cannot promise Thursday, and said Friday.",
            "A day that holds is better than a day that pleases.",
        ),
        ("She read my name and the time back to me. I did not have to ask.", "Now she can tell her husband."),
        ("No “somebody will ring you” this week, not once.", "Two colleagues asked what I had done differently."),
    ),
    "opens-with-what-or-how": (
        ("“How did you notice?” and he began at the beginning.", "I got the order of things for free."),
        ("I wrote “What” on a note and looked at it before each call.", "The first sentence sets the rest."),
        ("My old opening was “Is it the bill?” It never was the bill.", "Now they tell me what it is."),
        ("She talked for a minute, and then I had everything.", "It felt slow and was quick."),
        ("With a caller in a hurry I asked one “what” and he slowed down.", "He felt taken seriously, I think."),
    ),
    "waits-for-the-whole-answer": (
        (
            "I let the tariff wait until she was done. She did not need another one.",
            "I nearly sold her the wrong thing.",
        ),
        ("He stopped, I waited, and he said “and then there is the landlord”.", "That was the whole case."),
        ("I muted myself so that I could not cut in.", "A trick, but it works."),
        ("The old gentleman took his time. I looked out of the window and listened.", "He thanked me for my patience."),
        ("Counting to three felt rude at first. Nobody found it rude.", "They go on talking, that is all."),
    ),
    "asks-about-the-answer": (
        ("She said “usually”. I asked about the other times.", "There was the fault, every second Monday."),
        ("I picked up his word “strange” and he had a whole story for it.", "My list would have skipped it."),
        ("I asked one thing back and forgot my next item. It did not matter.", "Her answer held two of my items."),
        ("“Which one is the small meter?” I had never known there were two.", "I asked because I did not know."),
        ("The second question made him think. I heard him walk to the fuse box.", "He found it himself."),
    ),
    "sums-up-before-advising": (
        (
            "“So it is the second bill and the old address?” “Yes!” It sounded relieved.",
            "We both knew what comes next.",
        ),
        ("I summed up in two sentences. My first try had five.", "Short ones can be answered with yes."),
        (
            "He corrected the date, and with the new date the advice was another one.",
            "I would have sent the wrong form.",
        ),
        ("I heard the yes before I opened my mouth to advise.", "Then the advice took ten seconds."),
        (
            "On a hard call I lost the thread, summed up what I had, and she gave me the rest.",
            "It is a rope for me too.",
        ),
    ),
    "status-first": (
        ("“At risk, by one week.” Then silence, then the right question.", "They did not have to dig."),
        ("I deleted my first slide and began with the second.", "Nobody missed it."),
        ("On track takes two words. I had four minutes left for the ask.", "I was done before the time."),
        ("It was red, and I said red. My voice was steadier than I felt.", "Now it is out, and we work on it."),
    ),
    "number-against-plan": (
        ("“36 planned, 31 there.” I stopped, and somebody offered two people.", "The gap spoke for me."),
        ("I put the plan beside the number in the mail too. No questions came back.", "One line saved three replies."),
        ("I chose the number that hurts, and it was the useful one.", "The good one would have cost me a month."),
        ("Somebody asked for the other six. They are in the attachment.", "Three minutes in the room are for one."),
    ),
    "one-risk-with-effect": (
        ("I named the crane and the 14th, nothing else.", "They wrote down the 14th."),
        ("Three of my four risks were mine to handle. I kept them to myself.", "The fourth was theirs."),
        (
            "“If the permit is late, thirty people wait.” The room went quiet and then practical.",
            "An effect is easier to act on.",
        ),
        ("I had no date for the risk, so I got one before the meeting.", "Looking for the day was half the work."),
    ),
    "ends-with-one-ask": (
        ("“Ben, can you free the window by Tuesday?” He looked into his calendar at once.", "A name makes it real."),
        ("I had three asks, kept one and sent the others by mail.", "The one was done the same day."),
        ("I ended with the ask and said nothing after it.", "In the past I talked it away."),
        ("She said no, and offered something better.", "Without the ask I would not have had the no either."),
    ),
}  # fmt: skip
MORE_REPLIES = (
    "You heard yourself doing it. That is how it changes.",
    "Thank you for writing it down so plainly.",
    "I would like to hear that moment next time.",
    "A small step, and yours. Do it once more tomorrow.",
    "That is worth telling a new colleague.",
)


def deal(batch: Batch) -> None:
    """Give each reflection, and each answer to one, the text that has not been used for the longest time.

    In order of time, so that nothing is said twice among the newest; and never what the person wrote the last time.
    """
    decks: dict[str, list[Text]] = {key: [*words.reflections, *MORE[key]] for key, words in WORDS.items()}
    last: dict[int, Text] = {}
    for reflection in sorted(batch.reflections, key=lambda each: (each.saved_at, each.micro.learner_id)):
        learner = reflection.micro.learner_id
        text = _next_of(decks[reflection.micro.focus.key], last.get(learner))
        reflection.what_changed, reflection.why_it_matters = last[learner] = text
    answers, heard = [*REPLIES[1:], *MORE_REPLIES], defaultdict[int, str](str)  # the first speaks of a pause
    for reply in sorted(batch.replies, key=lambda each: (each.seen_at, each.reflection.micro.learner_id)):
        learner = reply.reflection.micro.learner_id
        reply.text = heard[learner] = _next_of(answers, heard[learner])


def _next_of[T](deck: list[T], but: T | None) -> T:
    """The first card that is not `but`; it goes to the end."""
    card = deck.pop(next(place for place, each in enumerate(deck) if each != but))
    deck.append(card)
    return card
