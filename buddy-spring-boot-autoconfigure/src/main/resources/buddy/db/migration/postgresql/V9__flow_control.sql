-- a row for each limit, which is locked while a queued run is let in; next_at is the time of the rate
create table buddy_workflow_flow (
	flow_key varchar(450) collate "C" not null,
	next_at bigint not null,
	primary key (flow_key)
);

-- the queued runs that count for a limit, and those that wait for one
create table buddy_workflow_flow_run (
	flow_key varchar(450) collate "C" not null,
	run_id varchar(36) collate "C" not null,
	held int not null,
	starts_at bigint,
	primary key (flow_key, run_id)
);

create index buddy_workflow_flow_run_idx on buddy_workflow_flow_run (run_id);
