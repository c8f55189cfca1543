import django.contrib.postgres.fields
import django.db.models.deletion
import pgtrigger.compiler
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('pghistory', '0007_auto_20250421_0444'),
        ('programs', '0001_the_whole_schema'),
    ]

    operations = [
        migrations.CreateModel(
            name='Block',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='blocks', to='programs.organization')),
                ('starts_on', models.DateField(verbose_name='from')),
                ('ends_on', models.DateField(verbose_name='until')),
            ],
            options={
                'ordering': ['-starts_on'],
                'constraints': [models.UniqueConstraint(fields=('organization', 'starts_on'), name='block_starts_once'), models.CheckConstraint(condition=models.Q(('ends_on__gt', models.F('starts_on'))), name='block_ends_after_it_starts')],
                'triggers': [pgtrigger.compiler.Trigger(name='blocks_are_disjoint', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n            IF NOT COALESCE((NOT EXISTS (SELECT 1 FROM metrics_block b WHERE b.organization_id = NEW.organization_id AND b.id <> NEW.id AND b.starts_on <= NEW.ends_on AND b.ends_on >= NEW.starts_on)), FALSE) THEN\n                RAISE EXCEPTION 'blocks of an organization do not overlap' USING ERRCODE = 'check_violation', CONSTRAINT = 'blocks_are_disjoint';\n            END IF;\n            RETURN NEW;\n        ", hash='6b5d3a6ee59271328d195b82c47a3c7a6a5cd9c3', operation='INSERT OR UPDATE', pgid='pgtrigger_blocks_are_disjoint_b715a', table='metrics_block', when='BEFORE'))],
            },
        ),
        migrations.CreateModel(
            name='CountedIn',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('block', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='counted', to='metrics.block')),
                ('pillar', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='programs.pillar')),
                ('learner', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='programs.member')),
                ('cohort', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='programs.cohort')),
            ],
            options={
                'verbose_name_plural': 'counted in',
                'constraints': [models.UniqueConstraint(fields=('block', 'pillar', 'learner'), name='counted_once_per_block_and_pillar')],
            },
        ),
        migrations.CreateModel(
            name='Release',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('block', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='release', to='metrics.block')),
                ('rule_version', models.PositiveSmallIntegerField()),
                ('content_hash', models.CharField(max_length=64)),
                ('released_at', models.DateTimeField()),
            ],
            options={
                'ordering': ['-block__starts_on'],
                'triggers': [pgtrigger.compiler.Trigger(name='frozen', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n            IF TG_OP = 'DELETE' AND COALESCE(OLD.rule_version, 0) = 0 THEN\n                IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;\n                RETURN NEW;\n            END IF;\n            RAISE EXCEPTION 'published, therefore frozen' USING ERRCODE = 'check_violation', CONSTRAINT = 'frozen';\n        ", hash='0828d2293ece840d1901e3ee021f0e63c15b0acd', operation='UPDATE OR DELETE', pgid='pgtrigger_frozen_8e859', table='metrics_release', when='BEFORE'))],
            },
        ),
        migrations.CreateModel(
            name='Group',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('release', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='groups', to='metrics.release')),
                ('parent', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='children', to='metrics.group')),
                ('node', models.CharField(choices=[('pillar', 'Pillar'), ('program', 'Program'), ('cohort', 'Cohort')], max_length=7)),
                ('pillar', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='programs.pillar')),
                ('program', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='programs.program')),
                ('name', models.CharField(max_length=400)),
                ('holds', models.CharField(blank=True, max_length=400)),
                ('identity', models.CharField(max_length=80)),
                ('people', models.CharField(max_length=8)),
                ('merged', models.BooleanField(default=False)),
                ('cohorts', models.ManyToManyField(related_name='+', to='programs.cohort')),
                ('viewers', models.ManyToManyField(related_name='+', to='programs.member')),
            ],
            options={
                'ordering': ['name', 'pk'],
                'indexes': [models.Index(fields=['identity'], name='group_by_identity')],
                'constraints': [models.UniqueConstraint(fields=('release', 'identity'), name='group_once_per_release')],
                'triggers': [pgtrigger.compiler.Trigger(name='frozen', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n            IF TG_OP = 'DELETE' AND COALESCE((SELECT r.rule_version FROM metrics_release r WHERE r.id = OLD.release_id), 0) = 0 THEN\n                IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;\n                RETURN NEW;\n            END IF;\n            RAISE EXCEPTION 'published, therefore frozen' USING ERRCODE = 'check_violation', CONSTRAINT = 'frozen';\n        ", hash='20bad416c6ad1f5cc1181d316aa57678067a1111', operation='UPDATE OR DELETE', pgid='pgtrigger_frozen_e500e', table='metrics_group', when='BEFORE'))],
            },
        ),
        migrations.CreateModel(
            name='Figure',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('group', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='figures', to='metrics.group')),
                ('measure', models.CharField(choices=[('sessions', 'Sessions per learner'), ('kept', 'Kept as planned'), ('queue', 'Moved because of the queue'), ('reflected', 'Reflections written'), ('answered', 'Prompts answered'), ('applied', 'Applied when a chance came'), ('no_chance', 'No chance came'), ('level', 'Mean level'), ('agreement', 'Agreement within one level')], max_length=10)),
                ('value', models.DecimalField(decimal_places=2, max_digits=6, null=True)),
                ('text', models.CharField(blank=True, max_length=40)),
            ],
            options={
                'ordering': ['group__name', 'measure'],
                'constraints': [models.UniqueConstraint(fields=('group', 'measure'), name='figure_once_per_group_and_measure'), models.CheckConstraint(condition=models.Q(('value', None), models.Q(('text', ''), _negated=True), _connector='OR'), name='figure_published_has_its_text')],
                'triggers': [pgtrigger.compiler.Trigger(name='frozen', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n            IF TG_OP = 'DELETE' AND COALESCE((SELECT r.rule_version FROM metrics_release r WHERE r.id = (SELECT g.release_id FROM metrics_group g WHERE g.id = OLD.group_id)), 0) = 0 THEN\n                IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;\n                RETURN NEW;\n            END IF;\n            RAISE EXCEPTION 'published, therefore frozen' USING ERRCODE = 'check_violation', CONSTRAINT = 'frozen';\n        ", hash='2afdd8a62f3aaade467ec3697197b38f52b08965', operation='UPDATE OR DELETE', pgid='pgtrigger_frozen_c13cb', table='metrics_figure', when='BEFORE'))],
            },
        ),
        migrations.CreateModel(
            name='Partition',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('block', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='partitions', to='metrics.block')),
                ('pillar', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='programs.pillar')),
                ('node', models.CharField(choices=[('pillar', 'Pillar'), ('program', 'Program'), ('cohort', 'Cohort')], max_length=7)),
                ('ids', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField())),
                ('identity', models.CharField(max_length=80)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('block', 'pillar', 'node', 'ids'), name='partition_part_once')],
            },
        ),
        migrations.CreateModel(
            name='Decision',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='decisions', to='programs.organization')),
                ('group', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='decisions', to='metrics.group')),
                ('group_identity', models.CharField(max_length=80)),
                ('group_name', models.CharField(max_length=400)),
                ('measure', models.CharField(choices=[('sessions', 'Sessions per learner'), ('kept', 'Kept as planned'), ('queue', 'Moved because of the queue'), ('reflected', 'Reflections written'), ('answered', 'Prompts answered'), ('applied', 'Applied when a chance came'), ('no_chance', 'No chance came'), ('level', 'Mean level'), ('agreement', 'Agreement within one level')], max_length=10)),
                ('insight', models.CharField(max_length=300, verbose_name='insight')),
                ('adjustment', models.CharField(choices=[('cadence', 'Cadence'), ('difficulty', 'Difficulty'), ('relevance', 'Relevance'), ('resources', 'Resources'), ('leave', 'Leave as it is')], max_length=10, verbose_name='adjustment')),
                ('what', models.CharField(blank=True, max_length=200, verbose_name='what changes')),
                ('owner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='decisions', to='programs.member')),
                ('made_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='programs.member')),
                ('check_on', models.DateField(verbose_name='check on')),
                ('told_to_learners', models.CharField(blank=True, max_length=200, verbose_name='what learners are told')),
                ('shared_at', models.DateTimeField(blank=True, null=True)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('closed_at', models.DateTimeField(blank=True, null=True)),
                ('outcome', models.CharField(blank=True, choices=[('keep', 'Keep'), ('change', 'Change'), ('drop', 'Drop')], max_length=6, verbose_name='outcome')),
                ('outcome_note', models.CharField(blank=True, max_length=300, verbose_name='what you saw')),
                ('version', models.PositiveIntegerField(default=1)),
                ('form_key', models.UUIDField(blank=True, null=True, unique=True)),
                ('cohorts', models.ManyToManyField(related_name='decisions', to='programs.cohort')),
            ],
            options={
                'ordering': ['check_on', 'pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('closed_at', None), ('outcome', '')), models.Q(('closed_at__isnull', False), models.Q(('outcome', ''), _negated=True)), _connector='OR'), name='decision_closed_has_its_outcome'), models.CheckConstraint(condition=models.Q(('shared_at', None), models.Q(('told_to_learners', ''), _negated=True), _connector='OR'), name='decision_shared_has_its_sentence'), models.CheckConstraint(condition=models.Q(('adjustment__in', ['cadence', 'difficulty', 'relevance', 'resources', 'leave'])), name='decision_adjustment_is_known')],
                'triggers': [pgtrigger.compiler.Trigger(name='in_one_organization', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n            IF NOT COALESCE(((NEW.owner_id IS NULL OR NEW.organization_id IS NOT DISTINCT FROM (SELECT t.organization_id FROM programs_member t WHERE t.id = NEW.owner_id)) AND (NEW.made_by_id IS NULL OR NEW.organization_id IS NOT DISTINCT FROM (SELECT t.organization_id FROM programs_member t WHERE t.id = NEW.made_by_id))), FALSE) THEN\n                RAISE EXCEPTION 'all of it belongs to one organization' USING ERRCODE = 'check_violation', CONSTRAINT = 'in_one_organization';\n            END IF;\n            RETURN NEW;\n        ", hash='aaedbce6f47141558b62d8051cf205a29338c2a4', operation='INSERT OR UPDATE', pgid='pgtrigger_in_one_organization_b50ff', table='metrics_decision', when='BEFORE')), pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "metrics_decisionevent" ("adjustment", "check_on", "closed_at", "created_at", "form_key", "group_id", "group_identity", "group_name", "id", "made_by_id", "measure", "organization_id", "outcome", "owner_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "shared_at", "version") VALUES (NEW."adjustment", NEW."check_on", NEW."closed_at", NEW."created_at", NEW."form_key", NEW."group_id", NEW."group_identity", NEW."group_name", NEW."id", NEW."made_by_id", NEW."measure", NEW."organization_id", NEW."outcome", NEW."owner_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."shared_at", NEW."version"); RETURN NULL;', hash='2fe60b48a78923f4de68c51e750a6b50cd44bff5', operation='INSERT', pgid='pgtrigger_insert_insert_19516', table='metrics_decision', when='AFTER')), pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."adjustment" IS DISTINCT FROM (NEW."adjustment") OR OLD."check_on" IS DISTINCT FROM (NEW."check_on") OR OLD."closed_at" IS DISTINCT FROM (NEW."closed_at") OR OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."form_key" IS DISTINCT FROM (NEW."form_key") OR OLD."group_id" IS DISTINCT FROM (NEW."group_id") OR OLD."group_identity" IS DISTINCT FROM (NEW."group_identity") OR OLD."group_name" IS DISTINCT FROM (NEW."group_name") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."made_by_id" IS DISTINCT FROM (NEW."made_by_id") OR OLD."measure" IS DISTINCT FROM (NEW."measure") OR OLD."organization_id" IS DISTINCT FROM (NEW."organization_id") OR OLD."outcome" IS DISTINCT FROM (NEW."outcome") OR OLD."owner_id" IS DISTINCT FROM (NEW."owner_id") OR OLD."shared_at" IS DISTINCT FROM (NEW."shared_at") OR OLD."version" IS DISTINCT FROM (NEW."version"))', func='INSERT INTO "metrics_decisionevent" ("adjustment", "check_on", "closed_at", "created_at", "form_key", "group_id", "group_identity", "group_name", "id", "made_by_id", "measure", "organization_id", "outcome", "owner_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "shared_at", "version") VALUES (NEW."adjustment", NEW."check_on", NEW."closed_at", NEW."created_at", NEW."form_key", NEW."group_id", NEW."group_identity", NEW."group_name", NEW."id", NEW."made_by_id", NEW."measure", NEW."organization_id", NEW."outcome", NEW."owner_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."shared_at", NEW."version"); RETURN NULL;', hash='97b007e133d83c4093980a5d0268ec8fe7b8a839', operation='UPDATE', pgid='pgtrigger_update_update_a3792', table='metrics_decision', when='AFTER'))],
            },
        ),
        migrations.CreateModel(
            name='DecisionEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='metrics.decision')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('id', models.BigIntegerField()),
                ('organization', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='programs.organization')),
                ('group', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='metrics.group')),
                ('group_identity', models.CharField(max_length=80)),
                ('group_name', models.CharField(max_length=400)),
                ('measure', models.CharField(choices=[('sessions', 'Sessions per learner'), ('kept', 'Kept as planned'), ('queue', 'Moved because of the queue'), ('reflected', 'Reflections written'), ('answered', 'Prompts answered'), ('applied', 'Applied when a chance came'), ('no_chance', 'No chance came'), ('level', 'Mean level'), ('agreement', 'Agreement within one level')], max_length=10)),
                ('adjustment', models.CharField(choices=[('cadence', 'Cadence'), ('difficulty', 'Difficulty'), ('relevance', 'Relevance'), ('resources', 'Resources'), ('leave', 'Leave as it is')], max_length=10, verbose_name='adjustment')),
                ('owner', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='programs.member')),
                ('made_by', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='programs.member')),
                ('check_on', models.DateField(verbose_name='check on')),
                ('shared_at', models.DateTimeField(blank=True, null=True)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('closed_at', models.DateTimeField(blank=True, null=True)),
                ('outcome', models.CharField(blank=True, choices=[('keep', 'Keep'), ('change', 'Change'), ('drop', 'Drop')], max_length=6, verbose_name='outcome')),
                ('version', models.PositiveIntegerField(default=1)),
                ('form_key', models.UUIDField(blank=True, null=True)),
            ],
            options={
                'abstract': False,
                'triggers': [pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='ea7e4017d3180c8e14938be49d68916f6555e5cf', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_f2fa6', table='metrics_decisionevent', when='BEFORE'))],
            },
        ),
        migrations.CreateModel(
            name='PutAside',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('member', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='programs.member')),
                ('figure', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='metrics.figure')),
                ('created_at', models.DateTimeField(auto_now_add=True)),
            ],
            options={
                'verbose_name_plural': 'put aside',
                'constraints': [models.UniqueConstraint(fields=('member', 'figure'), name='put_aside_once_per_member')],
            },
        ),
    ]
