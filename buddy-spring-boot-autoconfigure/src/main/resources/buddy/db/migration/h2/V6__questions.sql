create table buddy_workflow_run_question (
	run_id varchar(36) not null,
	step_key varchar(512) not null,
	status varchar(16) not null,
	answer_schema json not null,
	shown json,
	assignee varchar(255),
	assigned_role varchar(255),
	asked_at bigint not null,
	expires_at bigint,
	default_answer json,
	answer json,
	answered_by varchar(255),
	answered_at bigint,
	primary key (run_id, step_key),
	constraint buddy_workflow_run_question_run_fk foreign key (run_id) references buddy_workflow_run (run_id) on delete cascade
);

create index buddy_workflow_run_question_status_idx on buddy_workflow_run_question (status, asked_at);

create index buddy_workflow_run_resume_idx on buddy_workflow_run (resume_at);
