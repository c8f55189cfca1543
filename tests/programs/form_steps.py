"""What browsers send."""


def sent_by(page) -> dict:
    """What the form of a page sends when nobody touches it."""
    form = page.context["form"]
    fields = {name: form[name].value() for name in form.fields}
    known = {"known": form.edition} if hasattr(form, "edition") else {}
    return known | {name: value for name, value in fields.items() if value not in (None, "")}
