"""What every part of the API shares: bodies, problems, pages of lists, limits, the schema. Knows no model."""
