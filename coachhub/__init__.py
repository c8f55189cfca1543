"""The frame around the three apps: settings, URLs, background work, pages that span them."""
