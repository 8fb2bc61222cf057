alter table buddy_workflow_run add (
	-- who may write of a run: null is its first execution, each later one counts one more,
	-- and a write of an earlier one finds no row
	epoch int,
	-- what a run is continued with; none of it is written for a run that is only called
	recipe json,
	code_version varchar(64),
	build_id varchar(64),
	root_run_id varchar(36),
	parent_step varchar(512),
	forked_from varchar(36),
	resumes int,
	recoveries int,
	resume_at bigint,
	not_before bigint,
	deadline bigint,
	priority int,
	concurrency_key varchar(255),
	error_fingerprint varchar(64),
	tokens bigint
);

create index buddy_workflow_run_parent_idx on buddy_workflow_run (parent_run_id);

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
);
