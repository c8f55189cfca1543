"""The file of an import."""

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from coachhub.errors import Invalid
from programs.domain.people_import import work


class UploadForm(forms.Form):
    """One CSV file; what is in it is checked line by line afterwards."""

    file = forms.FileField(
        label=_("CSV file"),
        help_text=_("Comma or semicolon, UTF-8, at most 10 MB. Nothing is changed before you have seen what it does."),
        max_length=200,
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,text/csv"}),
        error_messages={"empty": _("The file is empty.")},
    )

    def clean_file(self) -> "UploadedFile[bytes]":
        """Not larger than an import may be, before any of it is read."""
        file: UploadedFile[bytes] = self.cleaned_data["file"]
        try:
            work.check_size(file.size or 0)
        except Invalid as problem:
            raise forms.ValidationError(str(problem.sentence)) from None
        return file
