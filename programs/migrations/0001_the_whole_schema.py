import datetime
import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
import django.db.models.functions.text
import pgtrigger.compiler
import pgtrigger.migrations
import programs.models.organizations
import programs.models.people
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('pghistory', '0007_auto_20250421_0444'),
    ]

    operations = [
        migrations.CreateModel(
            name='Behaviour',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.SlugField(max_length=60)),
                ('position', models.PositiveSmallIntegerField()),
                ('name', models.CharField(max_length=120, verbose_name='name')),
                ('what', models.TextField(max_length=400, verbose_name='what one sees or hears')),
                ('frequency', models.CharField(blank=True, max_length=200, verbose_name='how often')),
                ('timing', models.CharField(blank=True, max_length=200, verbose_name='when')),
                ('tone', models.CharField(blank=True, max_length=200, verbose_name='tone')),
                ('audience', models.CharField(blank=True, max_length=200, verbose_name='with whom')),
                ('success', models.CharField(max_length=200, verbose_name='success criterion')),
                ('example', models.CharField(blank=True, max_length=200, verbose_name='how it may sound')),
            ],
            options={
                'ordering': ['position'],
            },
        ),
        migrations.CreateModel(
            name='Cohort',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=80, verbose_name='name')),
                ('starts_on', models.DateField(verbose_name='starts')),
                ('ends_on', models.DateField(blank=True, null=True, verbose_name='ends')),
                ('created_at', models.DateTimeField(auto_now_add=True)),
            ],
            options={
                'ordering': [django.db.models.functions.text.Lower('name')],
            },
        ),
        migrations.CreateModel(
            name='User',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('email', models.EmailField(max_length=254, verbose_name='e-mail')),
                ('is_active', models.BooleanField(default=True)),
                ('login_epoch', models.PositiveIntegerField(default=0)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
            ],
            options={
                'constraints': [models.UniqueConstraint(django.db.models.functions.text.Lower('email'), name='user_email_is_unique')],
            },
        ),
        migrations.CreateModel(
            name='Member',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=120, verbose_name='name')),
                ('roles', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('admin', 'Administrator'), ('coach', 'Coach'), ('learner', 'Learner'), ('manager', 'Manager')], max_length=10), verbose_name='roles')),
                ('external_id', models.CharField(blank=True, max_length=80, verbose_name='personnel number')),
                ('timezone', models.CharField(max_length=64, validators=[programs.models.organizations.validate_timezone], verbose_name='time zone')),
                ('holiday_region', models.CharField(blank=True, max_length=12, verbose_name='public holidays')),
                ('work_days', django.contrib.postgres.fields.ArrayField(base_field=models.PositiveSmallIntegerField(), default=programs.models.people.every_weekday, verbose_name='work days')),
                ('work_start', models.TimeField(default=datetime.time(9, 0), verbose_name='work starts')),
                ('work_end', models.TimeField(default=datetime.time(17, 0), verbose_name='work ends')),
                ('prompt_time', models.TimeField(blank=True, null=True, verbose_name='time for prompts')),
                ('keeps_words_out_of_mail', models.BooleanField(default=False, verbose_name='keep my words out of mail')),
                ('prompts_paused_until', models.DateField(blank=True, null=True, verbose_name='prompts paused until')),
                ('prompts_stopped_at', models.DateTimeField(blank=True, null=True)),
                ('mail_bounced_at', models.DateTimeField(blank=True, null=True)),
                ('invited_at', models.DateTimeField(blank=True, null=True)),
                ('joined_at', models.DateTimeField(blank=True, null=True)),
                ('welcomed_at', models.DateTimeField(blank=True, null=True)),
                ('deactivated_at', models.DateTimeField(blank=True, null=True)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='members', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': [django.db.models.functions.text.Lower('name'), 'pk'],
            },
        ),
        migrations.CreateModel(
            name='CohortManager',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('cohort', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='programs.cohort')),
                ('manager', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='programs.member')),
            ],
        ),
        migrations.AddField(
            model_name='cohort',
            name='managers',
            field=models.ManyToManyField(related_name='managed_cohorts', through='programs.CohortManager', to='programs.member'),
        ),
        migrations.CreateModel(
            name='Organization',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=120, verbose_name='name')),
                ('slug', models.SlugField(max_length=60, unique=True)),
                ('timezone', models.CharField(default='UTC', max_length=64, validators=[programs.models.organizations.validate_timezone], verbose_name='time zone')),
                ('holiday_region', models.CharField(blank=True, help_text='Country or country-region: DE, DE-BY, IN.', max_length=12, verbose_name='public holidays')),
                ('sponsor_name', models.CharField(blank=True, max_length=120, verbose_name='sponsor')),
                ('sponsor_statement', models.TextField(blank=True, max_length=600, verbose_name="sponsor's statement")),
                ('sponsor_signed_on', models.DateField(blank=True, null=True, verbose_name='signed on')),
                ('smallest_group', models.PositiveSmallIntegerField(default=5, validators=[django.core.validators.MinValueValidator(5)], verbose_name='smallest group shown to managers')),
                ('is_demo', models.BooleanField(default=False)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
            ],
            options={
                'ordering': [django.db.models.functions.text.Lower('name')],
                'constraints': [models.CheckConstraint(condition=models.Q(('smallest_group__gte', 5)), name='organization_groups_have_at_least_5'), models.CheckConstraint(condition=models.Q(('sponsor_signed_on', None), models.Q(('sponsor_name', ''), _negated=True), _connector='OR'), name='organization_sponsor_signs_by_name')],
            },
        ),
        migrations.CreateModel(
            name='MemberEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('roles', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('admin', 'Administrator'), ('coach', 'Coach'), ('learner', 'Learner'), ('manager', 'Manager')], max_length=10), verbose_name='roles')),
                ('timezone', models.CharField(max_length=64, validators=[programs.models.organizations.validate_timezone], verbose_name='time zone')),
                ('holiday_region', models.CharField(blank=True, max_length=12, verbose_name='public holidays')),
                ('work_days', django.contrib.postgres.fields.ArrayField(base_field=models.PositiveSmallIntegerField(), default=programs.models.people.every_weekday, verbose_name='work days')),
                ('work_start', models.TimeField(default=datetime.time(9, 0), verbose_name='work starts')),
                ('work_end', models.TimeField(default=datetime.time(17, 0), verbose_name='work ends')),
                ('prompt_time', models.TimeField(blank=True, null=True, verbose_name='time for prompts')),
                ('keeps_words_out_of_mail', models.BooleanField(default=False, verbose_name='keep my words out of mail')),
                ('prompts_paused_until', models.DateField(blank=True, null=True, verbose_name='prompts paused until')),
                ('prompts_stopped_at', models.DateTimeField(blank=True, null=True)),
                ('mail_bounced_at', models.DateTimeField(blank=True, null=True)),
                ('invited_at', models.DateTimeField(blank=True, null=True)),
                ('joined_at', models.DateTimeField(blank=True, null=True)),
                ('welcomed_at', models.DateTimeField(blank=True, null=True)),
                ('deactivated_at', models.DateTimeField(blank=True, null=True)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='programs.member')),
                ('user', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                ('organization', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='programs.organization')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.AddField(
            model_name='member',
            name='organization',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='members', to='programs.organization'),
        ),
        migrations.CreateModel(
            name='Enrolment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('starts_on', models.DateField(verbose_name='starts')),
                ('ended_on', models.DateField(blank=True, null=True, verbose_name='ended')),
                ('difficulty', models.PositiveSmallIntegerField(default=1, verbose_name='difficulty')),
                ('shares_past_with_new_coach', models.BooleanField(default=False)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('cohort', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='enrolments', to='programs.cohort')),
                ('coach', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='coached_enrolments', to='programs.member')),
                ('learner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='enrolments', to='programs.member')),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='enrolments', to='programs.organization')),
            ],
            options={
                'ordering': ['pk'],
            },
        ),
        migrations.CreateModel(
            name='CohortManagerEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('cohort', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='programs.cohort')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='programs.cohortmanager')),
                ('manager', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='programs.member')),
                ('organization', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='programs.organization')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.AddField(
            model_name='cohortmanager',
            name='organization',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='programs.organization'),
        ),
        migrations.AddField(
            model_name='cohort',
            name='organization',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='cohorts', to='programs.organization'),
        ),
        migrations.CreateModel(
            name='AgreementText',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=80, verbose_name='name')),
                ('version', models.PositiveSmallIntegerField(default=1)),
                ('purpose', models.TextField(max_length=600, verbose_name='purpose')),
                ('confidential', models.TextField(max_length=600, verbose_name='what stays confidential')),
                ('feedback_style', models.TextField(max_length=400, verbose_name='feedback style')),
                ('success_measure', models.TextField(max_length=400, verbose_name='how success is measured')),
                ('review_after_days', models.PositiveSmallIntegerField(default=42, verbose_name='review after, in days')),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='agreement_texts', to='programs.organization')),
            ],
            options={
                'ordering': ['name', '-version'],
            },
        ),
        migrations.CreateModel(
            name='Agreement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('status', models.CharField(choices=[('draft', 'Draft'), ('signed', 'Agreed'), ('ended', 'Ended')], default='draft', max_length=6)),
                ('purpose', models.TextField(max_length=600)),
                ('confidential', models.TextField(max_length=600)),
                ('feedback_style', models.TextField(max_length=400)),
                ('success_measure', models.TextField(max_length=400)),
                ('review_on', models.DateField(blank=True, null=True)),
                ('signed_at', models.DateTimeField(blank=True, null=True)),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('enrolment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='agreements', to='programs.enrolment')),
                ('coach', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='agreements_as_coach', to='programs.member')),
                ('learner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='agreements_as_learner', to='programs.member')),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='programs.organization')),
            ],
            options={
                'ordering': ['-created_at'],
            },
        ),
        migrations.CreateModel(
            name='OrganizationEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('name', models.CharField(max_length=120, verbose_name='name')),
                ('slug', models.SlugField(db_index=False, max_length=60)),
                ('timezone', models.CharField(default='UTC', max_length=64, validators=[programs.models.organizations.validate_timezone], verbose_name='time zone')),
                ('holiday_region', models.CharField(blank=True, help_text='Country or country-region: DE, DE-BY, IN.', max_length=12, verbose_name='public holidays')),
                ('sponsor_name', models.CharField(blank=True, max_length=120, verbose_name='sponsor')),
                ('sponsor_signed_on', models.DateField(blank=True, null=True, verbose_name='signed on')),
                ('smallest_group', models.PositiveSmallIntegerField(default=5, validators=[django.core.validators.MinValueValidator(5)], verbose_name='smallest group shown to managers')),
                ('is_demo', models.BooleanField(default=False)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='programs.organization')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Pillar',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.SlugField(max_length=60)),
                ('name', models.CharField(max_length=80, verbose_name='name')),
                ('short', models.CharField(max_length=24, verbose_name='short name')),
                ('outcome', models.TextField(max_length=400, verbose_name='business outcome')),
                ('purpose', models.TextField(blank=True, max_length=600, verbose_name='why it matters')),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('organization', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to='programs.organization')),
            ],
            options={
                'ordering': [django.db.models.functions.text.Lower('name')],
            },
        ),
        migrations.AddField(
            model_name='enrolment',
            name='pillar',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='enrolments', to='programs.pillar'),
        ),
        migrations.CreateModel(
            name='Blueprint',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.SlugField(max_length=60)),
                ('version', models.PositiveSmallIntegerField(verbose_name='version')),
                ('title', models.CharField(max_length=120, verbose_name='title')),
                ('difficulty', models.PositiveSmallIntegerField(verbose_name='difficulty')),
                ('minutes', models.PositiveSmallIntegerField(default=15, verbose_name='minutes')),
                ('objective', models.TextField(max_length=400, verbose_name='objective')),
                ('opening', models.TextField(blank=True, max_length=400, verbose_name='opening question')),
                ('case', models.TextField(max_length=2000, verbose_name='case')),
                ('coach_plays', models.TextField(blank=True, max_length=600, verbose_name='the coach plays')),
                ('constraint', models.CharField(blank=True, max_length=200, verbose_name='constraint')),
                ('demonstration', models.TextField(blank=True, max_length=800, verbose_name='demonstration')),
                ('look_for', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=200), default=list, verbose_name='look for')),
                ('job_aid', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=200), default=list, verbose_name='job aid')),
                ('transfer', models.TextField(blank=True, max_length=400, verbose_name='try within a day')),
                ('debrief', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=300), default=list, verbose_name='debrief')),
                ('content_hash', models.CharField(max_length=64)),
                ('published_at', models.DateTimeField(blank=True, null=True)),
                ('retired_at', models.DateTimeField(blank=True, null=True)),
                ('based_on', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='copies', to='programs.blueprint')),
                ('focus', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='programs.behaviour', verbose_name='focus')),
                ('organization', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to='programs.organization')),
                ('pillar', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='blueprints', to='programs.pillar')),
            ],
            options={
                'ordering': ['difficulty', 'key', '-version'],
            },
        ),
        migrations.AddField(
            model_name='behaviour',
            name='pillar',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='behaviours', to='programs.pillar'),
        ),
        migrations.CreateModel(
            name='Program',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=120, verbose_name='name')),
                ('sessions_per_month', models.PositiveSmallIntegerField(default=4, verbose_name='sessions per learner in four weeks')),
                ('minutes', models.PositiveSmallIntegerField(default=15, verbose_name='minutes per session')),
                ('horizon_days', models.PositiveSmallIntegerField(default=90, verbose_name='days for which the skill must hold')),
                ('target_level', models.PositiveSmallIntegerField(default=3, verbose_name='target level')),
                ('archived_at', models.DateTimeField(blank=True, null=True)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('agreement_text', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to='programs.agreementtext', verbose_name='default agreement')),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='programs', to='programs.organization')),
                ('pillar', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='programs', to='programs.pillar')),
            ],
            options={
                'ordering': [django.db.models.functions.text.Lower('name')],
            },
        ),
        migrations.CreateModel(
            name='EnrolmentEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('starts_on', models.DateField(verbose_name='starts')),
                ('ended_on', models.DateField(blank=True, null=True, verbose_name='ended')),
                ('difficulty', models.PositiveSmallIntegerField(default=1, verbose_name='difficulty')),
                ('shares_past_with_new_coach', models.BooleanField(default=False)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('cohort', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='programs.cohort')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='programs.enrolment')),
                ('coach', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='programs.member')),
                ('learner', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='programs.member')),
                ('organization', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='programs.organization')),
                ('pillar', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='programs.pillar')),
                ('program', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='programs.program')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.AddField(
            model_name='enrolment',
            name='program',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='enrolments', to='programs.program'),
        ),
        migrations.CreateModel(
            name='CohortEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('name', models.CharField(max_length=80, verbose_name='name')),
                ('starts_on', models.DateField(verbose_name='starts')),
                ('ends_on', models.DateField(blank=True, null=True, verbose_name='ends')),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='programs.cohort')),
                ('organization', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='programs.organization')),
                ('program', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='programs.program')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.AddField(
            model_name='cohort',
            name='program',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='cohorts', to='programs.program'),
        ),
        migrations.CreateModel(
            name='ProgramEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('name', models.CharField(max_length=120, verbose_name='name')),
                ('sessions_per_month', models.PositiveSmallIntegerField(default=4, verbose_name='sessions per learner in four weeks')),
                ('minutes', models.PositiveSmallIntegerField(default=15, verbose_name='minutes per session')),
                ('horizon_days', models.PositiveSmallIntegerField(default=90, verbose_name='days for which the skill must hold')),
                ('target_level', models.PositiveSmallIntegerField(default=3, verbose_name='target level')),
                ('archived_at', models.DateTimeField(blank=True, null=True)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('agreement_text', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='programs.agreementtext', verbose_name='default agreement')),
                ('organization', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='programs.organization')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='programs.program')),
                ('pillar', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='programs.pillar')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Question',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.SlugField(max_length=60)),
                ('position', models.PositiveSmallIntegerField()),
                ('text', models.CharField(max_length=200, verbose_name='question')),
                ('retired', models.BooleanField(default=False)),
                ('pillar', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='questions', to='programs.pillar')),
            ],
            options={
                'ordering': ['position'],
            },
        ),
        migrations.CreateModel(
            name='Rubric',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveSmallIntegerField(verbose_name='version')),
                ('content_hash', models.CharField(max_length=64)),
                ('published_at', models.DateTimeField(blank=True, null=True)),
                ('pillar', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='rubrics', to='programs.pillar')),
            ],
            options={
                'ordering': ['pillar', '-version'],
            },
        ),
        migrations.CreateModel(
            name='Criterion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField()),
                ('meets_level', models.PositiveSmallIntegerField(default=3, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(4)])),
                ('behaviour', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='criteria', to='programs.behaviour')),
                ('rubric', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='criteria', to='programs.rubric')),
            ],
            options={
                'ordering': ['position'],
            },
        ),
        migrations.CreateModel(
            name='Substitute',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('starts_on', models.DateField(verbose_name='from')),
                ('ends_on', models.DateField(verbose_name='until')),
                ('coach', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='substitutions', to='programs.member')),
                ('enrolment', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='substitutes', to='programs.enrolment')),
                ('named_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='programs.member')),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='programs.organization')),
            ],
        ),
        migrations.CreateModel(
            name='SubstituteEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('starts_on', models.DateField(verbose_name='from')),
                ('ends_on', models.DateField(verbose_name='until')),
                ('coach', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='programs.member')),
                ('enrolment', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='programs.enrolment')),
                ('named_by', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='programs.member')),
                ('organization', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='programs.organization')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='programs.substitute')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='UsualSlot',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('weekday', models.PositiveSmallIntegerField(verbose_name='weekday')),
                ('starts_at', models.TimeField(verbose_name='time')),
                ('timezone', models.CharField(max_length=64, validators=[programs.models.organizations.validate_timezone])),
                ('enrolment', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='usual_slots', to='programs.enrolment')),
            ],
            options={
                'ordering': ['weekday', 'starts_at'],
            },
        ),
        migrations.CreateModel(
            name='Level',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('value', models.PositiveSmallIntegerField()),
                ('anchor', models.CharField(max_length=200, verbose_name='what one can see or hear')),
                ('criterion', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='levels', to='programs.criterion')),
            ],
            options={
                'ordering': ['value'],
                'constraints': [models.UniqueConstraint(fields=('criterion', 'value'), name='level_once_per_criterion'), models.CheckConstraint(condition=models.Q(('value__range', (1, 4))), name='level_is_1_to_4')],
            },
        ),
        migrations.CreateModel(
            name='Invitation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('token_hash', models.CharField(max_length=64, unique=True)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('expires_at', models.DateTimeField()),
                ('accepted_at', models.DateTimeField(blank=True, null=True)),
                ('replaced_at', models.DateTimeField(blank=True, null=True)),
                ('invited_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='programs.member')),
                ('member', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='invitations', to='programs.member')),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('accepted_at', None), ('replaced_at', None)), fields=('member',), name='invitation_one_open_per_member'), models.CheckConstraint(condition=models.Q(('accepted_at', None), ('replaced_at', None), _connector='OR'), name='invitation_accepted_or_replaced')],
            },
        ),
        migrations.CreateModel(
            name='ApiToken',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=80, verbose_name='name')),
                ('scope', models.CharField(choices=[('read', 'Read'), ('write', 'Read and write')], default='read', max_length=5, verbose_name='scope')),
                ('prefix', models.CharField(max_length=8)),
                ('token_hash', models.CharField(max_length=64, unique=True)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('last_used_at', models.DateTimeField(blank=True, null=True)),
                ('revoked_at', models.DateTimeField(blank=True, null=True)),
                ('member', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='api_tokens', to='programs.member')),
            ],
            options={
                'ordering': ['-created_at'],
                'constraints': [models.CheckConstraint(condition=models.Q(('scope__in', ['read', 'write'])), name='api_token_scope_is_known')],
            },
        ),
        migrations.CreateModel(
            name='ApiKey',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=64)),
                ('asked', models.CharField(max_length=64)),
                ('status', models.PositiveSmallIntegerField()),
                ('location', models.CharField(blank=True, max_length=200)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('member', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='api_keys', to='programs.member')),
            ],
            options={
                'indexes': [models.Index(fields=['member', 'created_at'], name='api_key_by_age')],
                'constraints': [models.UniqueConstraint(fields=('member', 'key'), name='api_key_once_per_member')],
            },
        ),
        migrations.AddConstraint(
            model_name='member',
            constraint=models.UniqueConstraint(fields=('organization', 'user'), name='member_once_per_organization'),
        ),
        migrations.AddConstraint(
            model_name='member',
            constraint=models.UniqueConstraint(condition=models.Q(('external_id', ''), _negated=True), fields=('organization', 'external_id'), name='member_external_id_is_unique'),
        ),
        migrations.AddConstraint(
            model_name='member',
            constraint=models.CheckConstraint(condition=models.Q(('roles__len__gte', 1), ('roles__contained_by', ['admin', 'coach', 'learner', 'manager'])), name='member_has_known_roles'),
        ),
        migrations.AddConstraint(
            model_name='member',
            constraint=models.CheckConstraint(condition=models.Q(('work_days__contained_by', [0, 1, 2, 3, 4, 5, 6])), name='member_works_on_days_of_the_week'),
        ),
        migrations.AddConstraint(
            model_name='member',
            constraint=models.CheckConstraint(condition=models.Q(('work_start', models.F('work_end')), _negated=True), name='member_work_starts_and_ends'),
        ),
        migrations.AddConstraint(
            model_name='cohortmanager',
            constraint=models.UniqueConstraint(fields=('cohort', 'manager'), name='manager_once_per_cohort'),
        ),
        migrations.AddConstraint(
            model_name='agreementtext',
            constraint=models.UniqueConstraint(fields=('organization', 'name', 'version'), name='agreement_text_version_is_unique'),
        ),
        migrations.AddConstraint(
            model_name='agreement',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['draft', 'signed', 'ended'])), name='agreement_status_known'),
        ),
        migrations.AddConstraint(
            model_name='agreement',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('signed_at', None), ('status', 'draft')), ('status__in', ['signed', 'ended']), _connector='OR'), name='agreement_draft_is_unsigned'),
        ),
        migrations.AddConstraint(
            model_name='agreement',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status', 'signed'), _negated=True), ('signed_at__isnull', False), _connector='OR'), name='agreement_signed_has_its_time'),
        ),
        migrations.AddConstraint(
            model_name='agreement',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('ended_at__isnull', False), ('status', 'ended')), models.Q(models.Q(('status', 'ended'), _negated=True), ('ended_at', None)), _connector='OR'), name='agreement_ended_has_its_time'),
        ),
        migrations.AddConstraint(
            model_name='agreement',
            constraint=models.UniqueConstraint(condition=models.Q(('status', 'ended'), _negated=True), fields=('enrolment',), name='agreement_one_open_per_enrolment'),
        ),
        migrations.AddConstraint(
            model_name='agreement',
            constraint=models.CheckConstraint(condition=models.Q(('learner', models.F('coach')), _negated=True), name='agreement_has_two_people'),
        ),
        migrations.AddConstraint(
            model_name='pillar',
            constraint=models.UniqueConstraint(fields=('organization', 'key'), name='pillar_key_is_unique', nulls_distinct=False),
        ),
        migrations.AddConstraint(
            model_name='blueprint',
            constraint=models.UniqueConstraint(fields=('pillar', 'organization', 'key', 'version'), name='blueprint_version_is_unique', nulls_distinct=False),
        ),
        migrations.AddConstraint(
            model_name='blueprint',
            constraint=models.CheckConstraint(condition=models.Q(('difficulty__range', (1, 4))), name='blueprint_difficulty_is_1_to_4'),
        ),
        migrations.AddConstraint(
            model_name='blueprint',
            constraint=models.CheckConstraint(condition=models.Q(('minutes__range', (10, 20))), name='blueprint_lasts_10_to_20_minutes'),
        ),
        migrations.AddConstraint(
            model_name='behaviour',
            constraint=models.UniqueConstraint(fields=('pillar', 'key'), name='behaviour_key_is_unique_in_pillar'),
        ),
        migrations.AddConstraint(
            model_name='program',
            constraint=models.UniqueConstraint(models.F('organization'), django.db.models.functions.text.Lower('name'), name='program_name_is_unique'),
        ),
        migrations.AddConstraint(
            model_name='program',
            constraint=models.CheckConstraint(condition=models.Q(('minutes__range', (10, 20))), name='program_lasts_10_to_20_minutes'),
        ),
        migrations.AddConstraint(
            model_name='program',
            constraint=models.CheckConstraint(condition=models.Q(('target_level__range', (1, 4))), name='program_target_is_on_scale'),
        ),
        migrations.AddConstraint(
            model_name='program',
            constraint=models.CheckConstraint(condition=models.Q(('horizon_days__range', (7, 730))), name='program_horizon_is_7_to_730_days'),
        ),
        migrations.AddConstraint(
            model_name='program',
            constraint=models.CheckConstraint(condition=models.Q(('sessions_per_month__range', (1, 20))), name='program_cadence_is_1_to_20'),
        ),
        migrations.AddIndex(
            model_name='enrolment',
            index=models.Index(fields=['coach', 'ended_on'], name='programs_en_coach_i_1d1186_idx'),
        ),
        migrations.AddIndex(
            model_name='enrolment',
            index=models.Index(fields=['cohort', 'ended_on'], name='programs_en_cohort__4a8ece_idx'),
        ),
        migrations.AddConstraint(
            model_name='enrolment',
            constraint=models.UniqueConstraint(condition=models.Q(('ended_on', None)), fields=('learner', 'pillar'), name='enrolment_one_active_per_pillar'),
        ),
        migrations.AddConstraint(
            model_name='enrolment',
            constraint=models.CheckConstraint(condition=models.Q(('coach', None), models.Q(('learner', models.F('coach')), _negated=True), _connector='OR'), name='enrolment_has_two_people'),
        ),
        migrations.AddConstraint(
            model_name='enrolment',
            constraint=models.CheckConstraint(condition=models.Q(('ended_on', None), ('ended_on__gte', models.F('starts_on')), _connector='OR'), name='enrolment_ends_after_it_starts'),
        ),
        migrations.AddConstraint(
            model_name='enrolment',
            constraint=models.CheckConstraint(condition=models.Q(('difficulty__range', (1, 4))), name='enrolment_difficulty_is_1_to_4'),
        ),
        migrations.AddConstraint(
            model_name='cohort',
            constraint=models.UniqueConstraint(models.F('program'), django.db.models.functions.text.Lower('name'), name='cohort_name_is_unique_in_program'),
        ),
        migrations.AddConstraint(
            model_name='cohort',
            constraint=models.CheckConstraint(condition=models.Q(('ends_on', None), ('ends_on__gte', models.F('starts_on')), _connector='OR'), name='cohort_ends_after_it_starts'),
        ),
        migrations.AddConstraint(
            model_name='question',
            constraint=models.UniqueConstraint(fields=('pillar', 'key'), name='question_key_is_unique_in_pillar'),
        ),
        migrations.AddConstraint(
            model_name='rubric',
            constraint=models.UniqueConstraint(fields=('pillar', 'version'), name='rubric_version_is_unique'),
        ),
        migrations.AddConstraint(
            model_name='criterion',
            constraint=models.UniqueConstraint(fields=('rubric', 'behaviour'), name='criterion_has_one_behaviour'),
        ),
        migrations.AddConstraint(
            model_name='criterion',
            constraint=models.CheckConstraint(condition=models.Q(('meets_level__range', (1, 4))), name='criterion_meets_level_on_scale'),
        ),
        migrations.AddConstraint(
            model_name='substitute',
            constraint=models.CheckConstraint(condition=models.Q(('ends_on__gte', models.F('starts_on'))), name='substitute_ends_after_start'),
        ),
        migrations.AddConstraint(
            model_name='usualslot',
            constraint=models.UniqueConstraint(fields=('enrolment', 'weekday', 'starts_at'), name='usual_slot_once'),
        ),
        migrations.AddConstraint(
            model_name='usualslot',
            constraint=models.CheckConstraint(condition=models.Q(('weekday__range', (0, 6))), name='usual_slot_is_on_a_weekday'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='organization',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "programs_organizationevent" ("created_at", "holiday_region", "id", "is_demo", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "slug", "smallest_group", "sponsor_name", "sponsor_signed_on", "timezone") VALUES (NEW."created_at", NEW."holiday_region", NEW."id", NEW."is_demo", NEW."name", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."slug", NEW."smallest_group", NEW."sponsor_name", NEW."sponsor_signed_on", NEW."timezone"); RETURN NULL;', hash='0e84af5834cf5c422f5dfcec49d0925b06527517', operation='INSERT', pgid='pgtrigger_insert_insert_03ab0', table='programs_organization', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='organization',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."holiday_region" IS DISTINCT FROM (NEW."holiday_region") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."is_demo" IS DISTINCT FROM (NEW."is_demo") OR OLD."name" IS DISTINCT FROM (NEW."name") OR OLD."slug" IS DISTINCT FROM (NEW."slug") OR OLD."smallest_group" IS DISTINCT FROM (NEW."smallest_group") OR OLD."sponsor_name" IS DISTINCT FROM (NEW."sponsor_name") OR OLD."sponsor_signed_on" IS DISTINCT FROM (NEW."sponsor_signed_on") OR OLD."timezone" IS DISTINCT FROM (NEW."timezone"))', func='INSERT INTO "programs_organizationevent" ("created_at", "holiday_region", "id", "is_demo", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "slug", "smallest_group", "sponsor_name", "sponsor_signed_on", "timezone") VALUES (NEW."created_at", NEW."holiday_region", NEW."id", NEW."is_demo", NEW."name", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."slug", NEW."smallest_group", NEW."sponsor_name", NEW."sponsor_signed_on", NEW."timezone"); RETURN NULL;', hash='5e91b49a97c27dc4eb1cccc68be535cf9dfc7de7', operation='UPDATE', pgid='pgtrigger_update_update_22ff2', table='programs_organization', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='level',
            trigger=pgtrigger.compiler.Trigger(name='frozen', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n            IF EXISTS (SELECT 1 FROM programs_rubric r WHERE r.id = (SELECT rubric_id FROM programs_criterion WHERE id = OLD.criterion_id) AND r.published_at IS NULL) THEN\n                IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;\n                RETURN NEW;\n            END IF;\n            RAISE EXCEPTION 'published, therefore frozen' USING ERRCODE = 'check_violation', CONSTRAINT = 'frozen';\n        ", hash='ca272bd7f2c2096e6d7236bbc07a6896d2b95fd0', operation='UPDATE OR DELETE', pgid='pgtrigger_frozen_23aeb', table='programs_level', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='level',
            trigger=pgtrigger.compiler.Trigger(name='joins_open_rubric', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n            IF NOT COALESCE((EXISTS (SELECT 1 FROM programs_rubric r WHERE r.id = (SELECT rubric_id FROM programs_criterion WHERE id = NEW.criterion_id) AND r.published_at IS NULL)), FALSE) THEN\n                RAISE EXCEPTION 'a published rubric is frozen' USING ERRCODE = 'check_violation', CONSTRAINT = 'joins_open_rubric';\n            END IF;\n            RETURN NEW;\n        ", hash='a4c76c6aa0887773c3924ee4b49c808b4f5dcf99', operation='INSERT OR UPDATE', pgid='pgtrigger_joins_open_rubric_a21eb', table='programs_level', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='memberevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='c3748ff87d6e9ea045ec7b717bce97c051e06da3', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_4c34b', table='programs_memberevent', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='member',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "programs_memberevent" ("created_at", "deactivated_at", "holiday_region", "id", "invited_at", "joined_at", "keeps_words_out_of_mail", "mail_bounced_at", "organization_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "prompt_time", "prompts_paused_until", "prompts_stopped_at", "roles", "timezone", "user_id", "welcomed_at", "work_days", "work_end", "work_start") VALUES (NEW."created_at", NEW."deactivated_at", NEW."holiday_region", NEW."id", NEW."invited_at", NEW."joined_at", NEW."keeps_words_out_of_mail", NEW."mail_bounced_at", NEW."organization_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."prompt_time", NEW."prompts_paused_until", NEW."prompts_stopped_at", NEW."roles", NEW."timezone", NEW."user_id", NEW."welcomed_at", NEW."work_days", NEW."work_end", NEW."work_start"); RETURN NULL;', hash='b3714934926ecbbcd1f11274c8f531921bf959e0', operation='INSERT', pgid='pgtrigger_insert_insert_dfd9d', table='programs_member', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='member',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."deactivated_at" IS DISTINCT FROM (NEW."deactivated_at") OR OLD."holiday_region" IS DISTINCT FROM (NEW."holiday_region") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."invited_at" IS DISTINCT FROM (NEW."invited_at") OR OLD."joined_at" IS DISTINCT FROM (NEW."joined_at") OR OLD."keeps_words_out_of_mail" IS DISTINCT FROM (NEW."keeps_words_out_of_mail") OR OLD."mail_bounced_at" IS DISTINCT FROM (NEW."mail_bounced_at") OR OLD."organization_id" IS DISTINCT FROM (NEW."organization_id") OR OLD."prompt_time" IS DISTINCT FROM (NEW."prompt_time") OR OLD."prompts_paused_until" IS DISTINCT FROM (NEW."prompts_paused_until") OR OLD."prompts_stopped_at" IS DISTINCT FROM (NEW."prompts_stopped_at") OR OLD."roles" IS DISTINCT FROM (NEW."roles") OR OLD."timezone" IS DISTINCT FROM (NEW."timezone") OR OLD."user_id" IS DISTINCT FROM (NEW."user_id") OR OLD."welcomed_at" IS DISTINCT FROM (NEW."welcomed_at") OR OLD."work_days" IS DISTINCT FROM (NEW."work_days") OR OLD."work_end" IS DISTINCT FROM (NEW."work_end") OR OLD."work_start" IS DISTINCT FROM (NEW."work_start"))', func='INSERT INTO "programs_memberevent" ("created_at", "deactivated_at", "holiday_region", "id", "invited_at", "joined_at", "keeps_words_out_of_mail", "mail_bounced_at", "organization_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "prompt_time", "prompts_paused_until", "prompts_stopped_at", "roles", "timezone", "user_id", "welcomed_at", "work_days", "work_end", "work_start") VALUES (NEW."created_at", NEW."deactivated_at", NEW."holiday_region", NEW."id", NEW."invited_at", NEW."joined_at", NEW."keeps_words_out_of_mail", NEW."mail_bounced_at", NEW."organization_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."prompt_time", NEW."prompts_paused_until", NEW."prompts_stopped_at", NEW."roles", NEW."timezone", NEW."user_id", NEW."welcomed_at", NEW."work_days", NEW."work_end", NEW."work_start"); RETURN NULL;', hash='715d0e7e1b903d760a09ccd93d6df7353921795e', operation='UPDATE', pgid='pgtrigger_update_update_39f9b', table='programs_member', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='cohortmanagerevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='0e01ec49a71f68cdbf028f4ff2edfe87c7367182', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_ae4a3', table='programs_cohortmanagerevent', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='cohortmanager',
            trigger=pgtrigger.compiler.Trigger(name='in_one_organization', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n            IF NOT COALESCE(((NEW.cohort_id IS NULL OR EXISTS (SELECT 1 FROM programs_cohort t WHERE t.id = NEW.cohort_id AND t.organization_id = NEW.organization_id)) AND (NEW.manager_id IS NULL OR EXISTS (SELECT 1 FROM programs_member t WHERE t.id = NEW.manager_id AND t.organization_id = NEW.organization_id))), FALSE) THEN\n                RAISE EXCEPTION 'all of it belongs to one organization' USING ERRCODE = 'check_violation', CONSTRAINT = 'in_one_organization';\n            END IF;\n            RETURN NEW;\n        ", hash='b96a5712b6c7df86d41f9f17e32dbc1375e68b2b', operation='INSERT OR UPDATE', pgid='pgtrigger_in_one_organization_3a4eb', table='programs_cohortmanager', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='cohortmanager',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "programs_cohortmanagerevent" ("cohort_id", "id", "manager_id", "organization_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."cohort_id", NEW."id", NEW."manager_id", NEW."organization_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id"); RETURN NULL;', hash='83d8f0fa0426062c05f3e3f91f9e283222bd7aeb', operation='INSERT', pgid='pgtrigger_insert_insert_902ce', table='programs_cohortmanager', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='cohortmanager',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "programs_cohortmanagerevent" ("cohort_id", "id", "manager_id", "organization_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."cohort_id", NEW."id", NEW."manager_id", NEW."organization_id", _pgh_attach_context(), NOW(), \'update\', NEW."id"); RETURN NULL;', hash='8c2b139343c3091efe65738755099eac1ff3441e', operation='UPDATE', pgid='pgtrigger_update_update_38cb3', table='programs_cohortmanager', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='agreementtext',
            trigger=pgtrigger.compiler.Trigger(name='frozen', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n            IF FALSE THEN\n                IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;\n                RETURN NEW;\n            END IF;\n            RAISE EXCEPTION 'published, therefore frozen' USING ERRCODE = 'check_violation', CONSTRAINT = 'frozen';\n        ", hash='faf3d41a6eca07bf28a0fdf96b0be52be40f7d64', operation='UPDATE OR DELETE', pgid='pgtrigger_frozen_ea17d', table='programs_agreementtext', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='agreement',
            trigger=pgtrigger.compiler.Trigger(name='frozen', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n            IF OLD.status = 'draft' OR (TG_OP = 'UPDATE' AND ROW(NEW.purpose, NEW.confidential, NEW.feedback_style, NEW.success_measure, NEW.signed_at, NEW.learner_id, NEW.coach_id) IS NOT DISTINCT FROM ROW(OLD.purpose, OLD.confidential, OLD.feedback_style, OLD.success_measure, OLD.signed_at, OLD.learner_id, OLD.coach_id)) THEN\n                IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;\n                RETURN NEW;\n            END IF;\n            RAISE EXCEPTION 'published, therefore frozen' USING ERRCODE = 'check_violation', CONSTRAINT = 'frozen';\n        ", hash='74a694824bbf5410ac9014bd17568ad7b8f4d3b9', operation='UPDATE OR DELETE', pgid='pgtrigger_frozen_f3f1c', table='programs_agreement', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='agreement',
            trigger=pgtrigger.compiler.Trigger(name='in_one_organization', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n            IF NOT COALESCE(((NEW.enrolment_id IS NULL OR EXISTS (SELECT 1 FROM programs_enrolment t WHERE t.id = NEW.enrolment_id AND t.organization_id = NEW.organization_id)) AND (NEW.learner_id IS NULL OR EXISTS (SELECT 1 FROM programs_member t WHERE t.id = NEW.learner_id AND t.organization_id = NEW.organization_id)) AND (NEW.coach_id IS NULL OR EXISTS (SELECT 1 FROM programs_member t WHERE t.id = NEW.coach_id AND t.organization_id = NEW.organization_id))), FALSE) THEN\n                RAISE EXCEPTION 'all of it belongs to one organization' USING ERRCODE = 'check_violation', CONSTRAINT = 'in_one_organization';\n            END IF;\n            RETURN NEW;\n        ", hash='7ea20290b4e5c3b73cbd2ba68deb7e9d62e3fc9c', operation='INSERT OR UPDATE', pgid='pgtrigger_in_one_organization_167b0', table='programs_agreement', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='organizationevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='d5cb10e0c56ca5fa15c263c88edd2b8ade8417bc', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_41cca', table='programs_organizationevent', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='blueprint',
            trigger=pgtrigger.compiler.Trigger(name='frozen', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n            IF OLD.published_at IS NULL OR (TG_OP = 'UPDATE' AND to_jsonb(NEW) - 'retired_at' = to_jsonb(OLD) - 'retired_at') THEN\n                IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;\n                RETURN NEW;\n            END IF;\n            RAISE EXCEPTION 'published, therefore frozen' USING ERRCODE = 'check_violation', CONSTRAINT = 'frozen';\n        ", hash='b5a7056d4b44853c402d5abb245f7360aa2f2607', operation='UPDATE OR DELETE', pgid='pgtrigger_frozen_ed2bb', table='programs_blueprint', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='program',
            trigger=pgtrigger.compiler.Trigger(name='own_or_standard_pillar', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n            IF NOT COALESCE((EXISTS (SELECT 1 FROM programs_pillar p WHERE p.id = NEW.pillar_id AND (p.organization_id IS NULL OR p.organization_id = NEW.organization_id))), FALSE) THEN\n                RAISE EXCEPTION 'a program teaches a standard pillar or one of its organization' USING ERRCODE = 'check_violation', CONSTRAINT = 'own_or_standard_pillar';\n            END IF;\n            RETURN NEW;\n        ", hash='6b87051b070c52a6160ef38d57f30aad0a3ee9cd', operation='INSERT OR UPDATE', pgid='pgtrigger_own_or_standard_pillar_4f7c6', table='programs_program', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='program',
            trigger=pgtrigger.compiler.Trigger(name='in_one_organization', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n            IF NOT COALESCE(((NEW.agreement_text_id IS NULL OR EXISTS (SELECT 1 FROM programs_agreementtext t WHERE t.id = NEW.agreement_text_id AND t.organization_id = NEW.organization_id))), FALSE) THEN\n                RAISE EXCEPTION 'all of it belongs to one organization' USING ERRCODE = 'check_violation', CONSTRAINT = 'in_one_organization';\n            END IF;\n            RETURN NEW;\n        ", hash='a8098ff819aba3b52369b8dfe67905a040ca53cb', operation='INSERT OR UPDATE', pgid='pgtrigger_in_one_organization_c1a90', table='programs_program', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='program',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "programs_programevent" ("agreement_text_id", "archived_at", "created_at", "horizon_days", "id", "minutes", "name", "organization_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "pillar_id", "sessions_per_month", "target_level") VALUES (NEW."agreement_text_id", NEW."archived_at", NEW."created_at", NEW."horizon_days", NEW."id", NEW."minutes", NEW."name", NEW."organization_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."pillar_id", NEW."sessions_per_month", NEW."target_level"); RETURN NULL;', hash='2c86e861268f10aefce08ff24b7738207618b532', operation='INSERT', pgid='pgtrigger_insert_insert_5a554', table='programs_program', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='program',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "programs_programevent" ("agreement_text_id", "archived_at", "created_at", "horizon_days", "id", "minutes", "name", "organization_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "pillar_id", "sessions_per_month", "target_level") VALUES (NEW."agreement_text_id", NEW."archived_at", NEW."created_at", NEW."horizon_days", NEW."id", NEW."minutes", NEW."name", NEW."organization_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."pillar_id", NEW."sessions_per_month", NEW."target_level"); RETURN NULL;', hash='6194232656ca7dd9cddbedd3c04f623891fbccbe', operation='UPDATE', pgid='pgtrigger_update_update_7f86c', table='programs_program', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='enrolmentevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='b656cdf956106a3274c18f98e1144c5c81a99ae1', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_a3b59', table='programs_enrolmentevent', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='enrolment',
            trigger=pgtrigger.compiler.Trigger(name='in_one_organization', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n            IF NOT COALESCE(((NEW.cohort_id IS NULL OR EXISTS (SELECT 1 FROM programs_cohort t WHERE t.id = NEW.cohort_id AND t.organization_id = NEW.organization_id)) AND (NEW.program_id IS NULL OR EXISTS (SELECT 1 FROM programs_program t WHERE t.id = NEW.program_id AND t.organization_id = NEW.organization_id)) AND (NEW.learner_id IS NULL OR EXISTS (SELECT 1 FROM programs_member t WHERE t.id = NEW.learner_id AND t.organization_id = NEW.organization_id)) AND (NEW.coach_id IS NULL OR EXISTS (SELECT 1 FROM programs_member t WHERE t.id = NEW.coach_id AND t.organization_id = NEW.organization_id))), FALSE) THEN\n                RAISE EXCEPTION 'all of it belongs to one organization' USING ERRCODE = 'check_violation', CONSTRAINT = 'in_one_organization';\n            END IF;\n            RETURN NEW;\n        ", hash='d82961f0491ef8e874394ba61649aa7b7b494c5c', operation='INSERT OR UPDATE', pgid='pgtrigger_in_one_organization_992a5', table='programs_enrolment', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='enrolment',
            trigger=pgtrigger.compiler.Trigger(name='cohort_program_and_pillar_match', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n            IF NOT COALESCE((EXISTS (SELECT 1 FROM programs_cohort c JOIN programs_program p ON p.id = c.program_id WHERE c.id = NEW.cohort_id AND p.id = NEW.program_id AND p.pillar_id = NEW.pillar_id)), FALSE) THEN\n                RAISE EXCEPTION 'cohort, program and pillar of an enrolment belong together' USING ERRCODE = 'check_violation', CONSTRAINT = 'cohort_program_and_pillar_match';\n            END IF;\n            RETURN NEW;\n        ", hash='6a19611e4ffa88b90afd946b3b7c21b0195e8bc4', operation='INSERT OR UPDATE', pgid='pgtrigger_cohort_program_and_pillar_match_80cf3', table='programs_enrolment', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='enrolment',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "programs_enrolmentevent" ("coach_id", "cohort_id", "created_at", "difficulty", "ended_on", "id", "learner_id", "organization_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "pillar_id", "program_id", "shares_past_with_new_coach", "starts_on") VALUES (NEW."coach_id", NEW."cohort_id", NEW."created_at", NEW."difficulty", NEW."ended_on", NEW."id", NEW."learner_id", NEW."organization_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."pillar_id", NEW."program_id", NEW."shares_past_with_new_coach", NEW."starts_on"); RETURN NULL;', hash='394b3b0afa25fd9331b2ec6e4bef5c1a6cc565ca', operation='INSERT', pgid='pgtrigger_insert_insert_03542', table='programs_enrolment', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='enrolment',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "programs_enrolmentevent" ("coach_id", "cohort_id", "created_at", "difficulty", "ended_on", "id", "learner_id", "organization_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "pillar_id", "program_id", "shares_past_with_new_coach", "starts_on") VALUES (NEW."coach_id", NEW."cohort_id", NEW."created_at", NEW."difficulty", NEW."ended_on", NEW."id", NEW."learner_id", NEW."organization_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."pillar_id", NEW."program_id", NEW."shares_past_with_new_coach", NEW."starts_on"); RETURN NULL;', hash='c363e7b22fef918bf403bb23916817fc441adcc6', operation='UPDATE', pgid='pgtrigger_update_update_43402', table='programs_enrolment', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='cohortevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='a7fb5aa71bab6635aa813aa94e755ccd0e08addf', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_8e7b9', table='programs_cohortevent', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='cohort',
            trigger=pgtrigger.compiler.Trigger(name='in_one_organization', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n            IF NOT COALESCE(((NEW.program_id IS NULL OR EXISTS (SELECT 1 FROM programs_program t WHERE t.id = NEW.program_id AND t.organization_id = NEW.organization_id))), FALSE) THEN\n                RAISE EXCEPTION 'all of it belongs to one organization' USING ERRCODE = 'check_violation', CONSTRAINT = 'in_one_organization';\n            END IF;\n            RETURN NEW;\n        ", hash='d855329707602a7416b2503ccdfa5ce04389b734', operation='INSERT OR UPDATE', pgid='pgtrigger_in_one_organization_89ed9', table='programs_cohort', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='cohort',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "programs_cohortevent" ("created_at", "ends_on", "id", "name", "organization_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "program_id", "starts_on") VALUES (NEW."created_at", NEW."ends_on", NEW."id", NEW."name", NEW."organization_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."program_id", NEW."starts_on"); RETURN NULL;', hash='4c0462ec8045729be9306ac7981ed9b0db6e4043', operation='INSERT', pgid='pgtrigger_insert_insert_9ca4a', table='programs_cohort', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='cohort',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "programs_cohortevent" ("created_at", "ends_on", "id", "name", "organization_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "program_id", "starts_on") VALUES (NEW."created_at", NEW."ends_on", NEW."id", NEW."name", NEW."organization_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."program_id", NEW."starts_on"); RETURN NULL;', hash='20d834ace2838b253f76544a5bdb46fe8add69ce', operation='UPDATE', pgid='pgtrigger_update_update_b92ad', table='programs_cohort', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='programevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='1b959981adc0355b7d255711197f23ff38ced4ca', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_e6397', table='programs_programevent', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='rubric',
            trigger=pgtrigger.compiler.Trigger(name='frozen', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n            IF OLD.published_at IS NULL THEN\n                IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;\n                RETURN NEW;\n            END IF;\n            RAISE EXCEPTION 'published, therefore frozen' USING ERRCODE = 'check_violation', CONSTRAINT = 'frozen';\n        ", hash='d9716c230daf62663465dd55b47ab834351a3606', operation='UPDATE OR DELETE', pgid='pgtrigger_frozen_72462', table='programs_rubric', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='criterion',
            trigger=pgtrigger.compiler.Trigger(name='frozen', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n            IF EXISTS (SELECT 1 FROM programs_rubric r WHERE r.id = OLD.rubric_id AND r.published_at IS NULL) THEN\n                IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;\n                RETURN NEW;\n            END IF;\n            RAISE EXCEPTION 'published, therefore frozen' USING ERRCODE = 'check_violation', CONSTRAINT = 'frozen';\n        ", hash='23905735f1010ed5620931604fb636b012f641a3', operation='UPDATE OR DELETE', pgid='pgtrigger_frozen_38c84', table='programs_criterion', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='criterion',
            trigger=pgtrigger.compiler.Trigger(name='joins_open_rubric', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n            IF NOT COALESCE((EXISTS (SELECT 1 FROM programs_rubric r WHERE r.id = NEW.rubric_id AND r.published_at IS NULL)), FALSE) THEN\n                RAISE EXCEPTION 'a published rubric is frozen' USING ERRCODE = 'check_violation', CONSTRAINT = 'joins_open_rubric';\n            END IF;\n            RETURN NEW;\n        ", hash='372f934f1ad7101ee2956cbdf45531871d18bf9e', operation='INSERT OR UPDATE', pgid='pgtrigger_joins_open_rubric_2936b', table='programs_criterion', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='substitute',
            trigger=pgtrigger.compiler.Trigger(name='in_one_organization', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n            IF NOT COALESCE(((NEW.enrolment_id IS NULL OR EXISTS (SELECT 1 FROM programs_enrolment t WHERE t.id = NEW.enrolment_id AND t.organization_id = NEW.organization_id)) AND (NEW.coach_id IS NULL OR EXISTS (SELECT 1 FROM programs_member t WHERE t.id = NEW.coach_id AND t.organization_id = NEW.organization_id))), FALSE) THEN\n                RAISE EXCEPTION 'all of it belongs to one organization' USING ERRCODE = 'check_violation', CONSTRAINT = 'in_one_organization';\n            END IF;\n            RETURN NEW;\n        ", hash='736e761f36591efec001c6fce6b04a2aa7ca1c4f', operation='INSERT OR UPDATE', pgid='pgtrigger_in_one_organization_81ffa', table='programs_substitute', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='substitute',
            trigger=pgtrigger.compiler.Trigger(name='substitute_is_not_the_learner', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n            IF NOT COALESCE((NOT EXISTS (SELECT 1 FROM programs_enrolment e WHERE e.id = NEW.enrolment_id AND e.learner_id = NEW.coach_id)), FALSE) THEN\n                RAISE EXCEPTION 'nobody coaches themselves' USING ERRCODE = 'check_violation', CONSTRAINT = 'substitute_is_not_the_learner';\n            END IF;\n            RETURN NEW;\n        ", hash='f19d125e50788b8c8e672277598dd574b9f9d9fe', operation='INSERT OR UPDATE', pgid='pgtrigger_substitute_is_not_the_learner_e78b9', table='programs_substitute', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='substitute',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "programs_substituteevent" ("coach_id", "ends_on", "enrolment_id", "id", "named_by_id", "organization_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "starts_on") VALUES (NEW."coach_id", NEW."ends_on", NEW."enrolment_id", NEW."id", NEW."named_by_id", NEW."organization_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."starts_on"); RETURN NULL;', hash='6d52a26b367490cc4d4a1359cb1b63f88960501c', operation='INSERT', pgid='pgtrigger_insert_insert_5d218', table='programs_substitute', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='substitute',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "programs_substituteevent" ("coach_id", "ends_on", "enrolment_id", "id", "named_by_id", "organization_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "starts_on") VALUES (NEW."coach_id", NEW."ends_on", NEW."enrolment_id", NEW."id", NEW."named_by_id", NEW."organization_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."starts_on"); RETURN NULL;', hash='225661717740d45a4c03daebef7efd722c016fc1', operation='UPDATE', pgid='pgtrigger_update_update_d9b0b', table='programs_substitute', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='substituteevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='b8fe5544f2295c307a7bb61e2234bbd1cbbafdf7', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_c7c95', table='programs_substituteevent', when='BEFORE')),
        ),
    ]
