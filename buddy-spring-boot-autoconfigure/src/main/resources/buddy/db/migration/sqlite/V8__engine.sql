-- the queue of db-scheduler, in its own form: which runs and schedules are to be executed, and when
create table buddy_task (
	task_name varchar(160) not null,
	task_instance varchar(160) not null,
	task_data blob,
	execution_time timestamp not null,
	picked boolean not null,
	picked_by varchar(64),
	last_success timestamp,
	last_failure timestamp,
	consecutive_failures int,
	last_heartbeat timestamp,
	version bigint not null,
	priority smallint,
	primary key (task_name, task_instance)
);

create index buddy_task_due_idx on buddy_task (priority desc, execution_time);
create index buddy_task_time_idx on buddy_task (execution_time);
create index buddy_task_heartbeat_idx on buddy_task (last_heartbeat);
