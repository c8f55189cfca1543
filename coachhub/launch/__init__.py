"""`make run`: servers, database, then web, worker and beat until Ctrl-C; the database stops last."""


class LaunchError(Exception):
    """One sentence for the person at the terminal: what is wrong and what to do about it."""
