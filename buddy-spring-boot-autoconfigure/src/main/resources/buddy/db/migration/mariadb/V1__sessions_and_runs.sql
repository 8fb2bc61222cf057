create table buddy_workflow_session (
	session_id varchar(128) character set ascii collate ascii_bin not null,
	workflow_id varchar(128) character set ascii collate ascii_bin not null,
	user_id varchar(255),
	session_name varchar(255),
	session_state json,
	media json,
	workflow_data json,
	extra_data json,
	additional json,
	created_at bigint not null,
	updated_at bigint not null,
	version bigint not null,
	primary key (session_id)
) default character set utf8mb4 collate utf8mb4_nopad_bin;

create index buddy_workflow_session_user_idx on buddy_workflow_session (user_id, updated_at, session_id);
create index buddy_workflow_session_workflow_idx on buddy_workflow_session (workflow_id, updated_at, session_id);
create index buddy_workflow_session_used_idx on buddy_workflow_session (updated_at, session_id);

create table buddy_workflow_run (
	run_id varchar(36) character set ascii collate ascii_bin not null,
	session_id varchar(128) character set ascii collate ascii_bin not null,
	workflow_id varchar(128) character set ascii collate ascii_bin not null,
	user_id varchar(255),
	parent_run_id varchar(36) character set ascii collate ascii_bin,
	status varchar(16) not null,
	input json,
	response json,
	error json,
	created_at bigint not null,
	ended_at bigint,
	primary key (run_id),
	constraint buddy_workflow_run_session_fk foreign key (session_id) references buddy_workflow_session (session_id) on delete cascade
) default character set utf8mb4 collate utf8mb4_nopad_bin;

create index buddy_workflow_run_session_idx on buddy_workflow_run (session_id, created_at, run_id);
create index buddy_workflow_run_status_idx on buddy_workflow_run (status, created_at);
