alter table buddy_workflow_run
	-- who may write of a run: null is its first execution, each later one counts one more,
	-- and a write of an earlier one finds no row
	add column epoch int,
	-- what a run is continued with; none of it is written for a run that is only called
	add column recipe json,
	add column code_version varchar(64),
	add column build_id varchar(64),
	add column root_run_id varchar(36) character set ascii collate ascii_bin,
	add column parent_step varchar(512),
	add column forked_from varchar(36) character set ascii collate ascii_bin,
	add column resumes int,
	add column recoveries int,
	add column resume_at bigint,
	add column not_before bigint,
	add column deadline bigint,
	add column priority int,
	add column concurrency_key varchar(255),
	add column error_fingerprint varchar(64) character set ascii collate ascii_bin,
	add column tokens bigint;

create index buddy_workflow_run_parent_idx on buddy_workflow_run (parent_run_id);

create table buddy_workflow_run_step (
	run_id varchar(36) character set ascii collate ascii_bin not null,
	step_key varchar(512) not null,
	position int not null,
	kind varchar(16) not null,
	status varchar(16) not null,
	attempts int not null,
	epoch int not null,
	codec varchar(32),
	digest varchar(64) character set ascii collate ascii_bin,
	result json,
	error json,
	state_operations json,
	state_base json,
	base_version bigint,
	last_event bigint,
	started_at bigint not null,
	ended_at bigint,
	due_at bigint,
	primary key (run_id, step_key),
	constraint buddy_workflow_run_step_run_fk foreign key (run_id) references buddy_workflow_run (run_id) on delete cascade
) default character set utf8mb4 collate utf8mb4_nopad_bin;
