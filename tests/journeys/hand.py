"""A hand that counts what it does, so that a target in seconds can be held without a clock."""

from playwright.sync_api import Locator

TAP = 1.1  # seconds to reach it, "P" of the keystroke-level model (Card, Moran and Newell 1980)
THINK = 1.35  # before each, its "M"
LETTER = 0.33  # on a phone, 36 words a minute (Palin et al. 2019)
WORD = 60 / 238  # read in silence (Brysbaert 2019)


class Hand:
    """Clicks, writes and reads; `seconds` is what somebody who knows the page needs for it, without the other one."""

    letter = LETTER

    def __init__(self) -> None:
        self.clicks = self.letters = self.words = 0

    def click(self, target: Locator) -> None:
        target.click()
        self.clicks += 1

    def write(self, target: Locator, text: str) -> None:
        """One tap into the field, then the text."""
        self.click(target)
        target.fill(text)
        self.letters += len(text)

    def read(self, target: Locator) -> None:
        self.words += len(target.inner_text().split())

    @property
    def seconds(self) -> float:
        return self.clicks * (TAP + THINK) + self.letters * self.letter + self.words * WORD
