from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('programs', '0004_invitations_in_rounds'),
    ]

    operations = [
        migrations.AddField(
            model_name='criterion',
            name='name',
            field=models.CharField(default='', max_length=120, verbose_name='name'),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='criterion',
            name='what',
            field=models.TextField(default='', max_length=400, verbose_name='what one sees or hears'),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='criterion',
            name='frequency',
            field=models.CharField(blank=True, max_length=200, verbose_name='how often'),
        ),
        migrations.AddField(
            model_name='criterion',
            name='timing',
            field=models.CharField(blank=True, max_length=200, verbose_name='when'),
        ),
        migrations.AddField(
            model_name='criterion',
            name='tone',
            field=models.CharField(blank=True, max_length=200, verbose_name='tone'),
        ),
        migrations.AddField(
            model_name='criterion',
            name='audience',
            field=models.CharField(blank=True, max_length=200, verbose_name='with whom'),
        ),
        migrations.AddField(
            model_name='criterion',
            name='success',
            field=models.CharField(default='', max_length=200, verbose_name='success criterion'),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='criterion',
            name='example',
            field=models.CharField(blank=True, max_length=200, verbose_name='how it may sound'),
        ),
    ]
