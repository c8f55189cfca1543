"""Who works on what, with whom, under which rules."""
