"""What `doctor` says of the deliveries of an installation."""

import pytest
from django.utils import timezone

from coachhub import doctor
from programs.models import Organization
from sessions.models import Delivery
from tests.sessions.delivery_steps import due_for


@pytest.mark.parametrize(("demo", "says"), [(False, "1 in seven days: see the outbox"), (True, "none in seven days")])
def test_a_failed_delivery_makes_an_installation_unwell_unless_it_is_a_demos(cast, demo, says):
    due_for(cast.leo)
    Delivery.objects.update(state=Delivery.State.FAILED, reason="Refused")
    Organization.objects.filter(pk=cast.organization.pk).update(is_demo=demo)
    found = doctor.failed_deliveries(timezone.now())
    assert (found.healthy, found.says) == (demo, says)
