from django.db import migrations


class Migration(migrations.Migration):
    """The history noted addresses, and those of links in mails hold what opens them. By now it notes routes alone.

    /learn/code/rate/ and /learn/code/done/ are pages, no tokens. What stands before an address is where the site is
    mounted; a route does not name it.
    """

    dependencies = [
        ('pghistory', '0007_auto_20250421_0444'),
        ('programs', '0008_a_signed_agreement_only_ends'),
    ]

    operations = [
        migrations.RunSQL(
            r"""
            UPDATE pghistory_context
            SET metadata = jsonb_set(metadata, '{url}', to_jsonb(regexp_replace(metadata ->> 'url',
                '^.*(/learn/prompts|/learn/unsubscribe|/learn/code|/accounts/invitation)/[^/]+/?$',
                '\1/<str:token>/')))
            WHERE metadata ->> 'url' ~
                '(/learn/prompts|/learn/unsubscribe|/learn/code|/accounts/invitation)/[^/]+/?$'
            AND metadata ->> 'url' !~ '/learn/code/(rate|done)/?$'
            """,
            migrations.RunSQL.noop,
        ),
    ]
