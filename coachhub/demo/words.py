"""What people of the demo wrote, by behaviour: a keep line, a change line, plans and reflections."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Words:
    keep: tuple[str, ...]
    change: tuple[str, ...]
    plans: tuple[tuple[str, str], ...]
    reflections: tuple[tuple[str, str], ...]


WORDS: dict[str, Words] = {
    "pauses-before-answering": Words(
        keep=(
            "Three times you waited a full second. The customer finished, and her voice dropped.",
            "After “nobody ever calls me back” you let it stand. He breathed out, then told you the date.",
        ),
        change=(
            "On the second call you answered inside his last word. Count one, then speak.",
            "When she spoke faster, so did you. Keep your own pace from the first word.",
        ),
        plans=(
            ("the customer stops for breath", "count one in my head before I answer"),
            ("I want to jump in", "put my hand flat on the desk until they have finished"),
        ),
        reflections=(
            ("The pause felt very long to me. On the recording it is one second.", "She stopped repeating herself."),
            ("I waited after the outburst and he gave me the order number himself.", "I did not have to ask twice."),
        ),
    ),
    "names-the-feeling": Words(
        keep=(
            "“You must be worn out by this” came at second 20. After it she said “exactly” and slowed down.",
            "You named the worry about the deadline before the fix. He stopped arguing about the invoice.",
        ),
        change=(
            "The fix came first, at 0:14. Say the feeling, stop, then offer.",
            "“I understand” names nothing. Say what you heard: tired, let down, worried about what.",
        ),
        plans=(
            ("the voice rises", "say what I heard before I open the order"),
            ("a customer repeats themselves", "say in one sentence what it feels like for them"),
        ),
        reflections=(
            ("She said “finally somebody gets it” and we were done in four minutes.", "A named feeling is faster than a fix."),
            ("I said “that sounds exhausting” and there was a silence, then the real reason.", "The reason was not the parcel."),
        ),
    ),
    "says-sorry-for-one-thing": Words(
        keep=("“I am sorry you stayed in all Saturday.” Full stop. No reason after it. He said “thank you”.",),
        change=("After “sorry” came “but the depot”. Leave the depot for later or leave it out.",),
        plans=(("something went wrong on our side", "say sorry for that one thing and then stop talking"),),
        reflections=(("I heard myself start a “but” and swallowed it.", "The apology worked because it was short."),),
    ),
    "says-what-is-possible-first": Words(
        keep=("“I can have somebody with you at eight” was your first word on the fix. No fight about tonight.",),
        change=("You began with what the system will not let you do. Turn the two sentences round.",),
        plans=(("I have to say no", "say first what I can do, with a time"),),
        reflections=(("I started with Thursday, and she never asked for today again.", "The order of two sentences did it."),),
    ),
    "ends-with-who-what-when": Words(
        keep=("“Marta calls you by four today.” A name, an action, a time. He wrote it down.",),
        change=("The call ended with “we will look into it”. Who, what, by when?",),
        plans=(("I feel the call ending", "say one name, one action and one time"),),
        reflections=(("He repeated the time back to me, so it was clear.", "No call-back from this customer so far."),),
    ),
    "opens-with-what-or-how": Words(
        keep=("“What changed since last month?” and she told you about the second meter on her own.",),
        change=("Two yes-or-no questions in a row closed it down. Start again with “what”.",),
        plans=(("the identity check is done", "ask one question that begins with what or how"),),
        reflections=(("The “what” question gave me the move date in the first minute.", "I would have searched for it."),),
    ),
    "waits-for-the-whole-answer": Words(
        keep=("You waited four seconds after “What happened before the outage?” He named the real deadline.",),
        change=("You offered the tariff while she was still explaining. Let the answer end.",),
        plans=(("there is a silence", "wait until the customer ends it"),),
        reflections=(("The silence after my question felt long, then she told me the real reason.", "The reason came last."),),
    ),
    "asks-about-the-answer": Words(
        keep=("“You said it started in the kitchen, what was different there?” That question found the fuse.",),
        change=("After her answer came the next item on your list. Pick up one of her words first.",),
        plans=(("the customer uses a word I could skip", "ask one question about that word"),),
        reflections=(("I asked about “again” and learned it was the third time.", "It was not in the system."),),
    ),
    "sums-up-before-advising": Words(
        keep=("Two sentences of summary, then “Have I got that right?” Her yes made the advice easy.",),
        change=("The advice came without a summary, and he corrected you at the end.",),
        plans=(("I know what to advise", "sum up in two sentences and wait for the yes"),),
        reflections=(("My summary was wrong in one point and he put it right.", "Better then than after the order."),),
    ),
    "status-first": Words(
        keep=("“We are at risk by two days.” First sentence. Nobody had to ask.",),
        change=("The history came first and the status in minute two. Swap them.",),
        plans=(("the meeting turns to me", "say on track, at risk or off track in my first sentence"),),
        reflections=(("I said “off track” first and nobody was angry. They asked what I need.", "Bad news first saved time."),),
    ),
    "number-against-plan": Words(
        keep=("“31 of 40 sites, we planned 36.” One number, one plan. The talk was about the five.",),
        change=("Seven numbers, no plan beside them. Choose one.",),
        plans=(("I write the Monday update", "put one number and the planned one side by side"),),
        reflections=(("One number made them look at the right thing.", "I left six out and nobody missed them."),),
    ),
    "one-risk-with-effect": Words(
        keep=("“If the permit is late, the crane stands still on the 14th.” Risk, effect, day.",),
        change=("Four risks of equal size. Which one would you lose sleep over?",),
        plans=(("I am asked how it goes", "name the biggest risk and the day we would feel it"),),
        reflections=(("I named the date and got the permit call the same afternoon.", "A date makes people move."),),
    ),
    "ends-with-one-ask": Words(
        keep=("“Ines, please confirm the window by Wednesday.” One person, one ask. She did.",),
        change=("“It would be great if somebody” reached nobody. Say a name and a day.",),
        plans=(("I come to the end of the update", "ask one named person for one thing by a day"),),
        reflections=(("I said a name out loud and had the answer before lunch.", "It felt blunt and was fine."),),
    ),
}  # fmt: skip
REPLIES = (
    "The pause you describe is the hard part. Keep it.",
    "Tell that one in the stand-up, if you like.",
    "Well seen. Try it on a calm call too.",
)
