-- when runs are begun by themselves; the next time is what counts, the tickets of buddy_task are made from it
create table buddy_workflow_schedule (
	schedule_id varchar(128) collate "C" not null,
	workflow_id varchar(128) collate "C" not null,
	cron varchar(255),
	every_millis bigint,
	zone varchar(64) not null,
	input json not null,
	user_id varchar(255),
	session_id varchar(128) collate "C",
	missed varchar(16) not null,
	source varchar(16) not null,
	paused boolean not null,
	created_at bigint not null,
	updated_at bigint not null,
	next_fire_at bigint,
	last_fire_at bigint,
	last_run_id varchar(36),
	version int not null,
	primary key (schedule_id)
);
