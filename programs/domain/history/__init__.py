"""Who changed what: the events of people, programs and settings, without content (docs/adr/0025)."""
