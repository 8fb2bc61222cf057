-- who may write of a run: null is its first execution, each later one counts one more,
-- and a write of an earlier one finds no row
alter table buddy_workflow_run add column epoch int;

-- what a run is continued with; none of it is written for a run that is only called
alter table buddy_workflow_run add column recipe clob;
alter table buddy_workflow_run add column code_version varchar(64);
alter table buddy_workflow_run add column build_id varchar(64);
alter table buddy_workflow_run add column root_run_id varchar(36);
alter table buddy_workflow_run add column parent_step varchar(512);
alter table buddy_workflow_run add column forked_from varchar(36);
alter table buddy_workflow_run add column resumes int;
alter table buddy_workflow_run add column recoveries int;
alter table buddy_workflow_run add column resume_at bigint;
alter table buddy_workflow_run add column not_before bigint;
alter table buddy_workflow_run add column deadline bigint;
alter table buddy_workflow_run add column priority int;
alter table buddy_workflow_run add column concurrency_key varchar(255);
alter table buddy_workflow_run add column error_fingerprint varchar(64);
alter table buddy_workflow_run add column tokens bigint;

create index buddy_workflow_run_parent_idx on buddy_workflow_run (parent_run_id) where parent_run_id is not null;

create table buddy_workflow_run_step (
	run_id varchar(36) not null,
	step_key varchar(512) not null,
	position int not null,
	kind varchar(16) not null,
	status varchar(16) not null,
	attempts int not null,
	epoch int not null,
	codec varchar(32),
	digest varchar(64),
	result clob,
	error clob,
	state_operations clob,
	state_base clob,
	base_version bigint,
	last_event bigint,
	started_at bigint not null,
	ended_at bigint,
	due_at bigint,
	primary key (run_id, step_key),
	constraint buddy_workflow_run_step_run_fk foreign key (run_id) references buddy_workflow_run (run_id) on delete cascade
);
