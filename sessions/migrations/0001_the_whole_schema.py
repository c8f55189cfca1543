import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
import uuid
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('pghistory', '0007_auto_20250421_0444'),
        ('programs', '0001_the_whole_schema'),
    ]

    operations = [
        migrations.CreateModel(
            name='Heartbeat',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=40, unique=True)),
                ('at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='ImprovementPlan',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('cue', models.CharField(blank=True, max_length=200, verbose_name='when')),
                ('will', models.CharField(blank=True, max_length=300, verbose_name='I will')),
                ('measure', models.CharField(blank=True, max_length=300, verbose_name='measure')),
                ('next_touchpoint', models.DateTimeField(blank=True, null=True, verbose_name='next touchpoint')),
                ('version', models.PositiveIntegerField(default=1)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('written_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='programs.member')),
            ],
        ),
        migrations.CreateModel(
            name='FollowUp',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('memory', models.JSONField(default=dict)),
                ('rule_version', models.PositiveSmallIntegerField()),
                ('starts_at', models.DateTimeField()),
                ('stretch', models.PositiveSmallIntegerField(default=1)),
                ('wants_booster', models.BooleanField(default=False)),
                ('wants_new_cue', models.BooleanField(default=False)),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('ended_because', models.CharField(blank=True, choices=[('replaced', 'A newer plan took its place'), ('horizon', 'Done'), ('stopped', 'Stopped by the learner'), ('silent', 'No answers'), ('booster', 'Talked about in the next session'), ('left', 'The enrolment ended')], max_length=8)),
                ('enrolment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='follow_ups', to='programs.enrolment')),
                ('learner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='follow_ups', to='programs.member')),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='programs.organization')),
                ('plan', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='follow_up', to='coaching.improvementplan')),
            ],
        ),
        migrations.CreateModel(
            name='Message',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('prompts', 'Prompt'), ('rate', 'Rate and reflect'), ('schedule', 'Session planned, moved or cancelled'), ('invitation', 'Invitation'), ('test', 'Test mail')], max_length=10)),
                ('local_date', models.DateField()),
                ('sequence', models.PositiveIntegerField(default=0)),
                ('due_at', models.DateTimeField()),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('invitation', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='messages', to='programs.invitation')),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='programs.organization')),
                ('recipient', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='messages', to='programs.member')),
            ],
            options={
                'ordering': ['-created_at'],
            },
        ),
        migrations.CreateModel(
            name='Delivery',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('channel', models.CharField(default='email', max_length=20)),
                ('state', models.CharField(choices=[('due', 'Due'), ('sending', 'Sending'), ('sent', 'Sent'), ('failed', 'Failed'), ('cancelled', 'Cancelled')], default='due', max_length=9)),
                ('next_try_at', models.DateTimeField()),
                ('leased_until', models.DateTimeField(blank=True, null=True)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('first_try_at', models.DateTimeField(blank=True, null=True)),
                ('sent_at', models.DateTimeField(blank=True, null=True)),
                ('reason', models.CharField(blank=True, max_length=200)),
                ('message', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='deliveries', to='coaching.message')),
            ],
            options={
                'verbose_name_plural': 'deliveries',
                'ordering': ['next_try_at'],
            },
        ),
        migrations.CreateModel(
            name='MicroSession',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('status', models.CharField(choices=[('planned', 'Planned'), ('running', 'Running'), ('closing', 'To finish'), ('closed', 'Closed'), ('cancelled', 'Cancelled'), ('missed', 'Missed')], default='planned', max_length=9)),
                ('scheduled_for', models.DateTimeField(verbose_name='when')),
                ('minutes_planned', models.PositiveSmallIntegerField(default=15, verbose_name='minutes')),
                ('success_criterion', models.CharField(max_length=300, verbose_name='success is')),
                ('practise_on', models.CharField(choices=[('work', 'Their work'), ('case', 'Library case'), ('role_play', 'Role-play')], default='work', max_length=9, verbose_name='practise on')),
                ('reference', models.CharField(blank=True, max_length=200, verbose_name='reference')),
                ('difficulty', models.PositiveSmallIntegerField(default=1, verbose_name='difficulty')),
                ('difficulty_reason', models.CharField(blank=True, max_length=200, verbose_name='why')),
                ('demonstration', models.TextField(blank=True, max_length=800, verbose_name='demonstration')),
                ('job_aid', models.TextField(blank=True, max_length=800, verbose_name='job aid')),
                ('constraint', models.CharField(blank=True, max_length=200, verbose_name='constraint')),
                ('schedule_sequence', models.PositiveIntegerField(default=0)),
                ('move_asked_at', models.DateTimeField(blank=True, null=True)),
                ('move_asked_note', models.CharField(blank=True, max_length=200)),
                ('extra', models.BooleanField(default=False)),
                ('logged', models.BooleanField(default=False)),
                ('phase', models.CharField(choices=[('goal', 'Goal'), ('practice', 'Practice'), ('rate', 'Rate + talk'), ('plan', 'Plan')], default='goal', max_length=8)),
                ('phase_started_at', models.DateTimeField(blank=True, null=True)),
                ('learner_goal', models.TextField(blank=True, max_length=600)),
                ('started_at', models.DateTimeField(blank=True, null=True)),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('minutes_actual', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('ended_by_itself', models.BooleanField(default=False)),
                ('opens_at', models.DateTimeField(blank=True, null=True)),
                ('revealed_at', models.DateTimeField(blank=True, null=True)),
                ('closed_at', models.DateTimeField(blank=True, null=True)),
                ('met_confirmed_at', models.DateTimeField(blank=True, null=True)),
                ('cancelled_at', models.DateTimeField(blank=True, null=True)),
                ('cancel_note', models.CharField(blank=True, max_length=200)),
                ('missed_at', models.DateTimeField(blank=True, null=True)),
                ('version', models.PositiveIntegerField(default=1)),
                ('form_key', models.UUIDField(default=uuid.uuid4, unique=True)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('blueprint', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='programs.blueprint')),
                ('coach', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='coached_sessions', to='programs.member')),
                ('enrolment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='micro_sessions', to='programs.enrolment')),
                ('focus', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='programs.behaviour', verbose_name='focus')),
                ('learner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='own_sessions', to='programs.member')),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='programs.organization')),
                ('rubric', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='programs.rubric')),
            ],
            options={
                'ordering': ['-scheduled_for', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='MicroMove',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('moved_from', models.DateTimeField()),
                ('moved_to', models.DateTimeField()),
                ('reason', models.CharField(choices=[('queue', 'Queue'), ('absent', 'Absent'), ('clash', 'Clash'), ('other', 'Other')], max_length=6, verbose_name='reason')),
                ('moved_at', models.DateTimeField(auto_now_add=True)),
                ('moved_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='programs.member')),
                ('micro', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='moves', to='coaching.microsession')),
            ],
            options={
                'ordering': ['moved_at'],
            },
        ),
        migrations.AddField(
            model_name='message',
            name='micro',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='messages', to='coaching.microsession'),
        ),
        migrations.AddField(
            model_name='improvementplan',
            name='micro',
            field=models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='improvement_plan', to='coaching.microsession'),
        ),
        migrations.CreateModel(
            name='Feedback',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('keep', 'Keep'), ('change', 'Change')], max_length=6)),
                ('line', models.CharField(blank=True, max_length=300, verbose_name='line')),
                ('did', models.TextField(blank=True, max_length=600, verbose_name='what was done')),
                ('how', models.TextField(blank=True, max_length=600, verbose_name='how')),
                ('impact', models.TextField(blank=True, max_length=600, verbose_name='impact')),
                ('next_step', models.TextField(blank=True, max_length=600, verbose_name='next step')),
                ('version', models.PositiveIntegerField(default=1)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('behaviour', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='programs.behaviour')),
                ('micro', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='feedback', to='coaching.microsession')),
            ],
            options={
                'verbose_name_plural': 'feedback',
                'ordering': ['-kind', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='MicroSessionEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('status', models.CharField(choices=[('planned', 'Planned'), ('running', 'Running'), ('closing', 'To finish'), ('closed', 'Closed'), ('cancelled', 'Cancelled'), ('missed', 'Missed')], default='planned', max_length=9)),
                ('scheduled_for', models.DateTimeField(verbose_name='when')),
                ('minutes_planned', models.PositiveSmallIntegerField(default=15, verbose_name='minutes')),
                ('practise_on', models.CharField(choices=[('work', 'Their work'), ('case', 'Library case'), ('role_play', 'Role-play')], default='work', max_length=9, verbose_name='practise on')),
                ('schedule_sequence', models.PositiveIntegerField(default=0)),
                ('move_asked_at', models.DateTimeField(blank=True, null=True)),
                ('extra', models.BooleanField(default=False)),
                ('logged', models.BooleanField(default=False)),
                ('phase', models.CharField(choices=[('goal', 'Goal'), ('practice', 'Practice'), ('rate', 'Rate + talk'), ('plan', 'Plan')], default='goal', max_length=8)),
                ('phase_started_at', models.DateTimeField(blank=True, null=True)),
                ('started_at', models.DateTimeField(blank=True, null=True)),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('minutes_actual', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('ended_by_itself', models.BooleanField(default=False)),
                ('opens_at', models.DateTimeField(blank=True, null=True)),
                ('revealed_at', models.DateTimeField(blank=True, null=True)),
                ('closed_at', models.DateTimeField(blank=True, null=True)),
                ('met_confirmed_at', models.DateTimeField(blank=True, null=True)),
                ('cancelled_at', models.DateTimeField(blank=True, null=True)),
                ('missed_at', models.DateTimeField(blank=True, null=True)),
                ('version', models.PositiveIntegerField(default=1)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('blueprint', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='programs.blueprint')),
                ('coach', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='programs.member')),
                ('enrolment', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='programs.enrolment')),
                ('focus', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='programs.behaviour', verbose_name='focus')),
                ('learner', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='programs.member')),
                ('organization', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='programs.organization')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='coaching.microsession')),
                ('rubric', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='programs.rubric')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='PrivateNote',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sealed', models.BinaryField()),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('coach', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='private_notes', to='programs.member')),
                ('micro', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='private_notes', to='coaching.microsession')),
            ],
        ),
        migrations.CreateModel(
            name='Prompt',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sequence', models.PositiveSmallIntegerField()),
                ('question', models.CharField(max_length=200)),
                ('due_at', models.DateTimeField()),
                ('late', models.BooleanField(default=False)),
                ('not_before', models.DateTimeField(blank=True, null=True)),
                ('status', models.CharField(choices=[('planned', 'Planned'), ('asked', 'Asked'), ('answered', 'Answered'), ('missed', 'No answer'), ('cancelled', 'Cancelled')], default='planned', max_length=9)),
                ('asked_at', models.DateTimeField(blank=True, null=True)),
                ('answer', models.CharField(blank=True, choices=[('as_planned', 'Yes, went as planned'), ('harder', 'Yes, harder than planned'), ('naturally', 'Yes, came naturally'), ('no_chance', 'No chance yet'), ('not_this_time', 'Chance came, not this time')], max_length=13)),
                ('answered_at', models.DateTimeField(blank=True, null=True)),
                ('note', models.TextField(blank=True, max_length=600, verbose_name='a sentence, if you like')),
                ('memory_before', models.JSONField(blank=True, null=True)),
                ('cancelled_because', models.CharField(blank=True, max_length=40)),
                ('follow_up', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='prompts', to='coaching.followup')),
                ('message', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='prompts', to='coaching.message')),
            ],
            options={
                'ordering': ['follow_up', 'sequence'],
            },
        ),
        migrations.CreateModel(
            name='Rating',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.CharField(choices=[('coach', 'Coach'), ('self', 'Self'), ('peer', 'Peer')], max_length=5)),
                ('via', models.CharField(choices=[('login', 'Own login'), ('code', 'Code'), ('hand_over', 'Handed-over phone')], default='login', max_length=9)),
                ('submitted_at', models.DateTimeField(blank=True, null=True)),
                ('late', models.BooleanField(default=False)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('micro', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='ratings', to='coaching.microsession')),
                ('rater', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='ratings', to='programs.member')),
            ],
        ),
        migrations.CreateModel(
            name='RatingCode',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code_hash', models.CharField(max_length=64)),
                ('link_hash', models.CharField(max_length=64, unique=True)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('expires_at', models.DateTimeField()),
                ('used_at', models.DateTimeField(blank=True, null=True)),
                ('closed_at', models.DateTimeField(blank=True, null=True)),
                ('made_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='programs.member')),
                ('micro', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='rating_codes', to='coaching.microsession')),
            ],
        ),
        migrations.CreateModel(
            name='Reflection',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('what_changed', models.TextField(blank=True, max_length=2000, verbose_name='what changed?')),
                ('why_it_matters', models.TextField(blank=True, max_length=2000, verbose_name='why does it matter?')),
                ('confidence', models.CharField(blank=True, choices=[('not_yet', 'Not yet'), ('fairly', 'Fairly'), ('very', 'Very')], max_length=7, verbose_name='how sure?')),
                ('saved_at', models.DateTimeField(blank=True, null=True)),
                ('read_at', models.DateTimeField(blank=True, null=True)),
                ('version', models.PositiveIntegerField(default=1)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('micro', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='reflection', to='coaching.microsession')),
            ],
        ),
        migrations.CreateModel(
            name='Reply',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('thanks', 'Thanks'), ('use_this', 'Use this'), ('next_time', 'Talk about it next time'), ('words', 'Reply')], max_length=9)),
                ('text', models.TextField(blank=True, max_length=1000, verbose_name='reply')),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('seen_at', models.DateTimeField(blank=True, null=True)),
                ('coach', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='programs.member')),
                ('reflection', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='replies', to='coaching.reflection')),
                ('taken_up_in', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='topics', to='coaching.microsession')),
            ],
            options={
                'verbose_name_plural': 'replies',
                'ordering': ['created_at'],
            },
        ),
        migrations.CreateModel(
            name='Score',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('level', models.PositiveSmallIntegerField(null=True)),
                ('saved_at', models.DateTimeField(auto_now=True)),
                ('criterion', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='programs.criterion')),
                ('rating', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='scores', to='coaching.rating')),
            ],
            options={
                'ordering': ['criterion__position'],
            },
        ),
        migrations.CreateModel(
            name='Tick',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('saw', 'Saw it'), ('chance', 'Chance, not used')], max_length=6)),
                ('key', models.UUIDField(default=uuid.uuid4, unique=True)),
                ('at', models.DateTimeField()),
                ('undone_at', models.DateTimeField(blank=True, null=True)),
                ('behaviour', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='programs.behaviour')),
                ('micro', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='ticks', to='coaching.microsession')),
            ],
            options={
                'ordering': ['at', 'pk'],
            },
        ),
        migrations.AddConstraint(
            model_name='followup',
            constraint=models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('enrolment',), name='follow_up_one_active_per_enrolment'),
        ),
        migrations.AddConstraint(
            model_name='followup',
            constraint=models.CheckConstraint(condition=models.Q(('stretch__range', (1, 8))), name='follow_up_stretch_is_1_to_8'),
        ),
        migrations.AddConstraint(
            model_name='followup',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('ended_at', None), ('ended_because', '')), models.Q(('ended_at__isnull', False), models.Q(('ended_because', ''), _negated=True)), _connector='OR'), name='follow_up_ended_has_its_reason'),
        ),
        migrations.AddIndex(
            model_name='delivery',
            index=models.Index(condition=models.Q(('state__in', ['due', 'sending'])), fields=['next_try_at'], name='delivery_open_by_time'),
        ),
        migrations.AddConstraint(
            model_name='delivery',
            constraint=models.UniqueConstraint(fields=('message', 'channel'), name='delivery_once_per_message_and_channel'),
        ),
        migrations.AddConstraint(
            model_name='delivery',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['due', 'sending', 'sent', 'failed', 'cancelled'])), name='delivery_state_is_known'),
        ),
        migrations.AddConstraint(
            model_name='delivery',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('sent_at__isnull', False), ('state', 'sent')), models.Q(models.Q(('state', 'sent'), _negated=True), ('sent_at', None)), _connector='OR'), name='delivery_sent_has_its_time'),
        ),
        migrations.AddConstraint(
            model_name='delivery',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('leased_until__isnull', False), ('state', 'sending')), models.Q(models.Q(('state', 'sending'), _negated=True), ('leased_until', None)), _connector='OR'), name='delivery_sending_has_a_lease'),
        ),
        migrations.AddConstraint(
            model_name='delivery',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['failed', 'cancelled']), _negated=True), models.Q(('reason', ''), _negated=True), _connector='OR'), name='delivery_given_up_has_a_reason'),
        ),
        migrations.AddIndex(
            model_name='microsession',
            index=models.Index(fields=['coach', 'status', 'scheduled_for'], name='coaching_mi_coach_i_4e0727_idx'),
        ),
        migrations.AddIndex(
            model_name='microsession',
            index=models.Index(fields=['learner', 'status', 'scheduled_for'], name='coaching_mi_learner_c19dd0_idx'),
        ),
        migrations.AddIndex(
            model_name='microsession',
            index=models.Index(fields=['enrolment', 'scheduled_for'], name='coaching_mi_enrolme_e699d6_idx'),
        ),
        migrations.AddIndex(
            model_name='microsession',
            index=models.Index(fields=['organization', 'scheduled_for'], name='coaching_mi_organiz_72ead3_idx'),
        ),
        migrations.AddIndex(
            model_name='microsession',
            index=models.Index(fields=['organization', 'started_at'], name='coaching_mi_organiz_db5026_idx'),
        ),
        migrations.AddIndex(
            model_name='microsession',
            index=models.Index(fields=['organization', 'revealed_at'], name='coaching_mi_organiz_f4fc3f_idx'),
        ),
        migrations.AddIndex(
            model_name='microsession',
            index=models.Index(condition=models.Q(('revealed_at', None)), fields=['opens_at'], name='micro_sealed_by_deadline'),
        ),
        migrations.AddConstraint(
            model_name='microsession',
            constraint=models.CheckConstraint(condition=models.Q(('minutes_planned__range', (10, 20))), name='micro_lasts_10_to_20_minutes'),
        ),
        migrations.AddConstraint(
            model_name='microsession',
            constraint=models.CheckConstraint(condition=models.Q(('minutes_actual', None), ('minutes_actual__range', (1, 180)), _connector='OR'), name='micro_took_1_to_180_minutes'),
        ),
        migrations.AddConstraint(
            model_name='microsession',
            constraint=models.CheckConstraint(condition=models.Q(('coach', models.F('learner')), _negated=True), name='micro_has_two_people'),
        ),
        migrations.AddConstraint(
            model_name='microsession',
            constraint=models.CheckConstraint(condition=models.Q(('difficulty__range', (1, 4))), name='micro_difficulty_is_1_to_4'),
        ),
        migrations.AddConstraint(
            model_name='microsession',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['planned', 'running', 'closing', 'closed', 'cancelled', 'missed'])), name='micro_status_is_known'),
        ),
        migrations.AddConstraint(
            model_name='microsession',
            constraint=models.CheckConstraint(condition=models.Q(('phase__in', ['goal', 'practice', 'rate', 'plan'])), name='micro_phase_is_known'),
        ),
        migrations.AddConstraint(
            model_name='microsession',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('ended_at', None), ('started_at', None), ('status__in', ['planned', 'cancelled', 'missed'])), models.Q(('ended_at', None), ('started_at__isnull', False), ('status', 'running')), models.Q(('ended_at__isnull', False), ('started_at__isnull', False), ('status__in', ('closing', 'closed'))), _connector='OR'), name='micro_start_and_end_match_status'),
        ),
        migrations.AddConstraint(
            model_name='microsession',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('ended_at', None), ('minutes_actual', None), ('opens_at', None)), models.Q(('ended_at__isnull', False), ('minutes_actual__isnull', False), ('opens_at__isnull', False)), _connector='OR'), name='micro_ended_has_minutes_and_deadline'),
        ),
        migrations.AddConstraint(
            model_name='microsession',
            constraint=models.CheckConstraint(condition=models.Q(('ended_at', None), ('ended_at__gte', models.F('started_at')), _connector='OR'), name='micro_ends_after_it_starts'),
        ),
        migrations.AddConstraint(
            model_name='microsession',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('closed_at__isnull', False), ('status', 'closed')), models.Q(models.Q(('status', 'closed'), _negated=True), ('closed_at', None)), _connector='OR'), name='micro_closed_has_its_time'),
        ),
        migrations.AddConstraint(
            model_name='microsession',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('cancelled_at__isnull', False), ('status', 'cancelled')), models.Q(models.Q(('status', 'cancelled'), _negated=True), ('cancelled_at', None)), _connector='OR'), name='micro_cancelled_has_its_time'),
        ),
        migrations.AddConstraint(
            model_name='microsession',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('missed_at__isnull', False), ('status', 'missed')), models.Q(models.Q(('status', 'missed'), _negated=True), ('missed_at', None)), _connector='OR'), name='micro_missed_has_its_time'),
        ),
        migrations.AddConstraint(
            model_name='microsession',
            constraint=models.UniqueConstraint(condition=models.Q(('status', 'running')), fields=('coach',), name='micro_one_running_per_coach'),
        ),
        migrations.AddConstraint(
            model_name='microsession',
            constraint=models.UniqueConstraint(condition=models.Q(('status', 'planned')), fields=('enrolment', 'scheduled_for'), name='micro_planned_once_per_time'),
        ),
        migrations.AddConstraint(
            model_name='micromove',
            constraint=models.CheckConstraint(condition=models.Q(('moved_from', models.F('moved_to')), _negated=True), name='move_changes_the_time'),
        ),
        migrations.AddConstraint(
            model_name='micromove',
            constraint=models.CheckConstraint(condition=models.Q(('reason__in', ['queue', 'absent', 'clash', 'other'])), name='move_reason_is_known'),
        ),
        migrations.AddConstraint(
            model_name='message',
            constraint=models.UniqueConstraint(condition=models.Q(('kind', 'prompts')), fields=('recipient', 'local_date'), name='message_prompts_once_a_day'),
        ),
        migrations.AddConstraint(
            model_name='message',
            constraint=models.UniqueConstraint(condition=models.Q(('kind', 'rate')), fields=('micro',), name='message_rate_once_per_session'),
        ),
        migrations.AddConstraint(
            model_name='message',
            constraint=models.UniqueConstraint(condition=models.Q(('kind', 'schedule')), fields=('micro', 'sequence'), name='message_schedule_once_per_change'),
        ),
        migrations.AddConstraint(
            model_name='message',
            constraint=models.UniqueConstraint(condition=models.Q(('kind', 'invitation')), fields=('invitation',), name='message_invitation_once'),
        ),
        migrations.AddConstraint(
            model_name='message',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind__in', ['rate', 'schedule']), ('micro__isnull', False)), models.Q(models.Q(('kind__in', ['rate', 'schedule']), _negated=True), ('micro', None)), _connector='OR'), name='message_about_a_session_names_it'),
        ),
        migrations.AddConstraint(
            model_name='feedback',
            constraint=models.UniqueConstraint(fields=('micro', 'kind'), name='feedback_one_keep_one_change'),
        ),
        migrations.AddConstraint(
            model_name='feedback',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['keep', 'change'])), name='feedback_kind_is_known'),
        ),
        migrations.AddConstraint(
            model_name='privatenote',
            constraint=models.UniqueConstraint(fields=('micro', 'coach'), name='private_note_once_per_session'),
        ),
        migrations.AddIndex(
            model_name='prompt',
            index=models.Index(fields=['asked_at'], name='coaching_pr_asked_a_5541e1_idx'),
        ),
        migrations.AddIndex(
            model_name='prompt',
            index=models.Index(fields=['answered_at'], name='coaching_pr_answere_2951cb_idx'),
        ),
        migrations.AddIndex(
            model_name='prompt',
            index=models.Index(condition=models.Q(('status', 'planned')), fields=['due_at'], name='prompt_planned_by_due'),
        ),
        migrations.AddConstraint(
            model_name='prompt',
            constraint=models.UniqueConstraint(fields=('follow_up', 'sequence'), name='prompt_sequence_is_unique'),
        ),
        migrations.AddConstraint(
            model_name='prompt',
            constraint=models.UniqueConstraint(condition=models.Q(('status__in', ['planned', 'asked'])), fields=('follow_up',), name='prompt_one_open_per_follow_up'),
        ),
        migrations.AddConstraint(
            model_name='prompt',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('answered_at__isnull', False), ('status', 'answered'), models.Q(('answer', ''), _negated=True)), models.Q(models.Q(('status', 'answered'), _negated=True), ('answer', ''), ('answered_at', None)), _connector='OR'), name='prompt_answered_has_its_answer'),
        ),
        migrations.AddConstraint(
            model_name='prompt',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status', 'cancelled'), models.Q(('cancelled_because', ''), _negated=True)), models.Q(models.Q(('status', 'cancelled'), _negated=True), ('cancelled_because', '')), _connector='OR'), name='prompt_cancelled_has_its_reason'),
        ),
        migrations.AddConstraint(
            model_name='prompt',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('asked_at', None), ('status', 'planned')), models.Q(('asked_at__isnull', False), ('status__in', ['asked', 'missed'])), ('status__in', ['answered', 'cancelled']), _connector='OR'), name='prompt_asked_has_its_time'),
        ),
        migrations.AddConstraint(
            model_name='rating',
            constraint=models.UniqueConstraint(fields=('micro', 'rater'), name='rating_once_per_person_and_session'),
        ),
        migrations.AddConstraint(
            model_name='rating',
            constraint=models.UniqueConstraint(condition=models.Q(('role__in', ['coach', 'self'])), fields=('micro', 'role'), name='rating_one_coach_one_self'),
        ),
        migrations.AddConstraint(
            model_name='rating',
            constraint=models.CheckConstraint(condition=models.Q(('role__in', ['coach', 'self', 'peer'])), name='rating_role_is_known'),
        ),
        migrations.AddConstraint(
            model_name='rating',
            constraint=models.CheckConstraint(condition=models.Q(('late', False), ('submitted_at__isnull', False), _connector='OR'), name='rating_late_is_in'),
        ),
        migrations.AddIndex(
            model_name='ratingcode',
            index=models.Index(fields=['code_hash', 'expires_at'], name='coaching_ra_code_ha_30a446_idx'),
        ),
        migrations.AddConstraint(
            model_name='ratingcode',
            constraint=models.UniqueConstraint(condition=models.Q(('closed_at', None)), fields=('micro',), name='rating_code_one_open_per_session'),
        ),
        migrations.AddConstraint(
            model_name='ratingcode',
            constraint=models.UniqueConstraint(condition=models.Q(('closed_at', None)), fields=('code_hash',), name='rating_code_is_unique_while_open'),
        ),
        migrations.AddConstraint(
            model_name='reflection',
            constraint=models.CheckConstraint(condition=models.Q(('read_at', None), ('saved_at__isnull', False), _connector='OR'), name='reflection_read_is_saved'),
        ),
        migrations.AddConstraint(
            model_name='reply',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['thanks', 'use_this', 'next_time', 'words'])), name='reply_kind_is_known'),
        ),
        migrations.AddConstraint(
            model_name='reply',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'words'), _negated=True), models.Q(('text', ''), _negated=True), _connector='OR'), name='reply_in_words_has_words'),
        ),
        migrations.AddConstraint(
            model_name='reply',
            constraint=models.UniqueConstraint(condition=models.Q(('kind', 'words'), _negated=True), fields=('reflection', 'kind'), name='reply_kind_once_per_reflection'),
        ),
        migrations.AddConstraint(
            model_name='score',
            constraint=models.UniqueConstraint(fields=('rating', 'criterion'), name='score_once_per_criterion'),
        ),
        migrations.AddConstraint(
            model_name='score',
            constraint=models.CheckConstraint(condition=models.Q(('level', None), ('level__range', (1, 4)), _connector='OR'), name='score_is_within_scale'),
        ),
        migrations.AddConstraint(
            model_name='tick',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['saw', 'chance'])), name='tick_kind_is_known'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='microsession',
            trigger=pgtrigger.compiler.Trigger(name='in_one_organization', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n            IF NOT COALESCE(((NEW.enrolment_id IS NULL OR EXISTS (SELECT 1 FROM programs_enrolment t WHERE t.id = NEW.enrolment_id AND t.organization_id = NEW.organization_id)) AND (NEW.coach_id IS NULL OR EXISTS (SELECT 1 FROM programs_member t WHERE t.id = NEW.coach_id AND t.organization_id = NEW.organization_id)) AND (NEW.learner_id IS NULL OR EXISTS (SELECT 1 FROM programs_member t WHERE t.id = NEW.learner_id AND t.organization_id = NEW.organization_id))), FALSE) THEN\n                RAISE EXCEPTION 'all of it belongs to one organization' USING ERRCODE = 'check_violation', CONSTRAINT = 'in_one_organization';\n            END IF;\n            RETURN NEW;\n        ", hash='c19d50d6cbdf8575e51b0eaa549bd4bfc304fd3f', operation='INSERT OR UPDATE', pgid='pgtrigger_in_one_organization_e07ce', table='coaching_microsession', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='microsession',
            trigger=pgtrigger.compiler.Trigger(name='people_belong_to_the_enrolment', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n            IF NOT COALESCE(((TG_OP = 'UPDATE' AND ROW(NEW.coach_id, NEW.learner_id, NEW.enrolment_id) IS NOT DISTINCT FROM ROW(OLD.coach_id, OLD.learner_id, OLD.enrolment_id)) OR ((TG_OP = 'INSERT' OR OLD.status = 'planned') AND EXISTS (SELECT 1 FROM programs_enrolment e WHERE e.id = NEW.enrolment_id AND e.learner_id = NEW.learner_id AND (e.coach_id = NEW.coach_id OR EXISTS (SELECT 1 FROM programs_substitute s WHERE s.enrolment_id = e.id AND s.coach_id = NEW.coach_id))))), FALSE) THEN\n                RAISE EXCEPTION 'learner and coach of a session belong to its enrolment' USING ERRCODE = 'check_violation', CONSTRAINT = 'people_belong_to_the_enrolment';\n            END IF;\n            RETURN NEW;\n        ", hash='f7e8ebfd6377bbc554a0c2d436200967f94d2f16', operation='INSERT OR UPDATE', pgid='pgtrigger_people_belong_to_the_enrolment_020e3', table='coaching_microsession', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='microsession',
            trigger=pgtrigger.compiler.Trigger(name='focus_is_in_the_rubric', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n            IF NOT COALESCE((EXISTS (SELECT 1 FROM programs_criterion c WHERE c.rubric_id = NEW.rubric_id AND c.behaviour_id = NEW.focus_id)), FALSE) THEN\n                RAISE EXCEPTION 'the focus is a behaviour of the rubric' USING ERRCODE = 'check_violation', CONSTRAINT = 'focus_is_in_the_rubric';\n            END IF;\n            RETURN NEW;\n        ", hash='13ccd62a23eb0aaca6c1d530376e86d94b86d461', operation='INSERT OR UPDATE', pgid='pgtrigger_focus_is_in_the_rubric_ef27c', table='coaching_microsession', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='microsession',
            trigger=pgtrigger.compiler.Trigger(name='seal_breaks_once', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n            IF NOT COALESCE((TG_OP = 'INSERT' OR OLD.revealed_at IS NULL OR NEW.revealed_at IS NOT DISTINCT FROM OLD.revealed_at), FALSE) THEN\n                RAISE EXCEPTION 'a revealed session stays revealed' USING ERRCODE = 'check_violation', CONSTRAINT = 'seal_breaks_once';\n            END IF;\n            RETURN NEW;\n        ", hash='937783a650955d9692f477be910610ae1d2c6690', operation='INSERT OR UPDATE', pgid='pgtrigger_seal_breaks_once_2a8ea', table='coaching_microsession', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='microsession',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "coaching_microsessionevent" ("blueprint_id", "cancelled_at", "closed_at", "coach_id", "created_at", "ended_at", "ended_by_itself", "enrolment_id", "extra", "focus_id", "id", "learner_id", "logged", "met_confirmed_at", "minutes_actual", "minutes_planned", "missed_at", "move_asked_at", "opens_at", "organization_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phase", "phase_started_at", "practise_on", "revealed_at", "rubric_id", "schedule_sequence", "scheduled_for", "started_at", "status", "version") VALUES (NEW."blueprint_id", NEW."cancelled_at", NEW."closed_at", NEW."coach_id", NEW."created_at", NEW."ended_at", NEW."ended_by_itself", NEW."enrolment_id", NEW."extra", NEW."focus_id", NEW."id", NEW."learner_id", NEW."logged", NEW."met_confirmed_at", NEW."minutes_actual", NEW."minutes_planned", NEW."missed_at", NEW."move_asked_at", NEW."opens_at", NEW."organization_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."phase", NEW."phase_started_at", NEW."practise_on", NEW."revealed_at", NEW."rubric_id", NEW."schedule_sequence", NEW."scheduled_for", NEW."started_at", NEW."status", NEW."version"); RETURN NULL;', hash='64755ff09fe15b7b1d880c01ad8a923063e9908b', operation='INSERT', pgid='pgtrigger_insert_insert_bb843', table='coaching_microsession', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='microsession',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."blueprint_id" IS DISTINCT FROM (NEW."blueprint_id") OR OLD."cancelled_at" IS DISTINCT FROM (NEW."cancelled_at") OR OLD."closed_at" IS DISTINCT FROM (NEW."closed_at") OR OLD."coach_id" IS DISTINCT FROM (NEW."coach_id") OR OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."ended_at" IS DISTINCT FROM (NEW."ended_at") OR OLD."ended_by_itself" IS DISTINCT FROM (NEW."ended_by_itself") OR OLD."enrolment_id" IS DISTINCT FROM (NEW."enrolment_id") OR OLD."extra" IS DISTINCT FROM (NEW."extra") OR OLD."focus_id" IS DISTINCT FROM (NEW."focus_id") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."learner_id" IS DISTINCT FROM (NEW."learner_id") OR OLD."logged" IS DISTINCT FROM (NEW."logged") OR OLD."met_confirmed_at" IS DISTINCT FROM (NEW."met_confirmed_at") OR OLD."minutes_actual" IS DISTINCT FROM (NEW."minutes_actual") OR OLD."minutes_planned" IS DISTINCT FROM (NEW."minutes_planned") OR OLD."missed_at" IS DISTINCT FROM (NEW."missed_at") OR OLD."move_asked_at" IS DISTINCT FROM (NEW."move_asked_at") OR OLD."opens_at" IS DISTINCT FROM (NEW."opens_at") OR OLD."organization_id" IS DISTINCT FROM (NEW."organization_id") OR OLD."phase" IS DISTINCT FROM (NEW."phase") OR OLD."phase_started_at" IS DISTINCT FROM (NEW."phase_started_at") OR OLD."practise_on" IS DISTINCT FROM (NEW."practise_on") OR OLD."revealed_at" IS DISTINCT FROM (NEW."revealed_at") OR OLD."rubric_id" IS DISTINCT FROM (NEW."rubric_id") OR OLD."schedule_sequence" IS DISTINCT FROM (NEW."schedule_sequence") OR OLD."scheduled_for" IS DISTINCT FROM (NEW."scheduled_for") OR OLD."started_at" IS DISTINCT FROM (NEW."started_at") OR OLD."status" IS DISTINCT FROM (NEW."status") OR OLD."version" IS DISTINCT FROM (NEW."version"))', func='INSERT INTO "coaching_microsessionevent" ("blueprint_id", "cancelled_at", "closed_at", "coach_id", "created_at", "ended_at", "ended_by_itself", "enrolment_id", "extra", "focus_id", "id", "learner_id", "logged", "met_confirmed_at", "minutes_actual", "minutes_planned", "missed_at", "move_asked_at", "opens_at", "organization_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phase", "phase_started_at", "practise_on", "revealed_at", "rubric_id", "schedule_sequence", "scheduled_for", "started_at", "status", "version") VALUES (NEW."blueprint_id", NEW."cancelled_at", NEW."closed_at", NEW."coach_id", NEW."created_at", NEW."ended_at", NEW."ended_by_itself", NEW."enrolment_id", NEW."extra", NEW."focus_id", NEW."id", NEW."learner_id", NEW."logged", NEW."met_confirmed_at", NEW."minutes_actual", NEW."minutes_planned", NEW."missed_at", NEW."move_asked_at", NEW."opens_at", NEW."organization_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."phase", NEW."phase_started_at", NEW."practise_on", NEW."revealed_at", NEW."rubric_id", NEW."schedule_sequence", NEW."scheduled_for", NEW."started_at", NEW."status", NEW."version"); RETURN NULL;', hash='9f5d6f7234c6fc7be5ac0e74d1a0685d25d855ef', operation='UPDATE', pgid='pgtrigger_update_update_3f792', table='coaching_microsession', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='message',
            trigger=pgtrigger.compiler.Trigger(name='in_one_organization', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n            IF NOT COALESCE(((NEW.recipient_id IS NULL OR EXISTS (SELECT 1 FROM programs_member t WHERE t.id = NEW.recipient_id AND t.organization_id = NEW.organization_id)) AND (NEW.micro_id IS NULL OR EXISTS (SELECT 1 FROM coaching_microsession t WHERE t.id = NEW.micro_id AND t.organization_id = NEW.organization_id))), FALSE) THEN\n                RAISE EXCEPTION 'all of it belongs to one organization' USING ERRCODE = 'check_violation', CONSTRAINT = 'in_one_organization';\n            END IF;\n            RETURN NEW;\n        ", hash='adf04761010a633cc3b0dff1199da12957ef327e', operation='INSERT OR UPDATE', pgid='pgtrigger_in_one_organization_72a20', table='coaching_message', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='microsessionevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='efbf76502868dde2718a400032f45444ce9eb873', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_3f0ab', table='coaching_microsessionevent', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='rating',
            trigger=pgtrigger.compiler.Trigger(name='rater_has_that_part', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n            IF NOT COALESCE((EXISTS (SELECT 1 FROM coaching_microsession m WHERE m.id = NEW.micro_id AND CASE NEW.role WHEN 'coach' THEN m.coach_id = NEW.rater_id WHEN 'self' THEN m.learner_id = NEW.rater_id ELSE NEW.rater_id NOT IN (m.coach_id, m.learner_id) END)), FALSE) THEN\n                RAISE EXCEPTION 'the coach rates as coach, the learner as self, anybody else as peer' USING ERRCODE = 'check_violation', CONSTRAINT = 'rater_has_that_part';\n            END IF;\n            RETURN NEW;\n        ", hash='2b0b2c64f3f40fdae5109c021a4d2255f8ab10f0', operation='INSERT OR UPDATE', pgid='pgtrigger_rater_has_that_part_821af', table='coaching_rating', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='rating',
            trigger=pgtrigger.compiler.Trigger(name='late_when_revealed', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n            IF NOT COALESCE((NEW.late OR NEW.submitted_at IS NULL OR (TG_OP = 'UPDATE' AND NEW.submitted_at IS NOT DISTINCT FROM OLD.submitted_at) OR EXISTS (SELECT 1 FROM coaching_microsession m WHERE m.id = NEW.micro_id AND (m.revealed_at IS NULL OR NEW.submitted_at <= m.revealed_at))), FALSE) THEN\n                RAISE EXCEPTION 'a rating that comes in after the reveal is late' USING ERRCODE = 'check_violation', CONSTRAINT = 'late_when_revealed';\n            END IF;\n            RETURN NEW;\n        ", hash='60fc43a249bb0a038e0c912e1595dfb4cabbfd3a', operation='INSERT OR UPDATE', pgid='pgtrigger_late_when_revealed_9f445', table='coaching_rating', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='score',
            trigger=pgtrigger.compiler.Trigger(name='criterion_of_the_rubric', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n            IF NOT COALESCE((EXISTS (SELECT 1 FROM coaching_rating r JOIN coaching_microsession m ON m.id = r.micro_id JOIN programs_criterion c ON c.rubric_id = m.rubric_id WHERE r.id = NEW.rating_id AND c.id = NEW.criterion_id)), FALSE) THEN\n                RAISE EXCEPTION 'a score''s criterion belongs to the session''s rubric' USING ERRCODE = 'check_violation', CONSTRAINT = 'criterion_of_the_rubric';\n            END IF;\n            RETURN NEW;\n        ", hash='2dcaa95c0b49c5e702f0d89790f82720d304f37d', operation='INSERT OR UPDATE', pgid='pgtrigger_criterion_of_the_rubric_e28e4', table='coaching_score', when='BEFORE')),
        ),
    ]
