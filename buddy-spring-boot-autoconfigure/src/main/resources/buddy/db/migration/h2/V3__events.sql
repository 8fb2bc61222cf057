alter table buddy_workflow_run add column last_event bigint;

create table buddy_workflow_run_event (
	run_id varchar(36) not null,
	epoch int not null,
	sequence bigint not null,
	event json not null,
	primary key (run_id, epoch, sequence),
	constraint buddy_workflow_run_event_run_fk foreign key (run_id) references buddy_workflow_run (run_id) on delete cascade
);
