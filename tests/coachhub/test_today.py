"""What Today counts: the cards on the page over them, every single thing in the tab's title."""

import re

from django.urls import reverse
from django.utils import timezone

from coachhub.pages.today import day_of, queue_of
from sessions.models import MicroSession
from tests.sessions.rate_steps import both, held_days_ago, reflect


def test_the_heading_counts_cards_and_the_title_single_things(cast, client):
    micros = [both(held_days_ago(cast, day)) for day in range(3)]
    for micro in micros:
        reflect(micro)
    MicroSession.objects.update(status="closed", closed_at=timezone.now())
    queue = queue_of(cast.ana, day_of(cast.ana))
    assert [(card.kind, card.count) for card in queue.cards if card.to_do] == [("reflections", 3)]
    page = client.as_(cast.ana).get(reverse("today")).content.decode()
    assert re.search(r"<title>(\(\d+\))", page)[1] == "(3)"
    assert re.search(r'<p class="sub">(\d+ things? to do)', page)[1] == "1 thing to do"
