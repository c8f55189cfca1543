from django.db import migrations

WORDS = ('name', 'what', 'frequency', 'timing', 'tone', 'audience', 'success', 'example')


class Migration(migrations.Migration):
    """Published criteria are frozen by triggers, which therefore rest meanwhile: this runs in one transaction."""

    dependencies = [
        ('programs', '0005_words_of_a_criterion'),
    ]

    operations = [
        migrations.RunSQL(
            [
                'ALTER TABLE programs_criterion DISABLE TRIGGER USER',
                'UPDATE programs_criterion c SET (%(words)s) = ROW(%(theirs)s) FROM programs_behaviour b'
                ' WHERE b.id = c.behaviour_id'
                % {'words': ', '.join(WORDS), 'theirs': ', '.join(f'b.{word}' for word in WORDS)},
                'ALTER TABLE programs_criterion ENABLE TRIGGER USER',
            ],
            migrations.RunSQL.noop,
        ),
    ]
