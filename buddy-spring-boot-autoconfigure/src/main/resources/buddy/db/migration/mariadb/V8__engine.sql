-- the queue of db-scheduler, in its own form: which runs and schedules are to be executed, and when
create table buddy_task (
	task_name varchar(160) character set ascii collate ascii_bin not null,
	task_instance varchar(160) character set ascii collate ascii_bin not null,
	task_data blob,
	execution_time datetime(6) not null,
	picked boolean not null,
	picked_by varchar(64),
	last_success datetime(6) null,
	last_failure datetime(6) null,
	consecutive_failures int,
	last_heartbeat datetime(6) null,
	version bigint not null,
	priority smallint,
	primary key (task_name, task_instance)
) default character set utf8mb4 collate utf8mb4_nopad_bin;

create index buddy_task_due_idx on buddy_task (priority desc, execution_time);
create index buddy_task_time_idx on buddy_task (execution_time);
create index buddy_task_heartbeat_idx on buddy_task (last_heartbeat);
