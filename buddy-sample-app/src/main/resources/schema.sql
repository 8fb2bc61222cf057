-- the sample's own tables, beside buddy's; read at every start
create table if not exists sample_ledger (
	id varchar(36) primary key,
	run_id varchar(36) not null,
	step varchar(512) not null,
	call_key varchar(600) not null,
	node_pid bigint not null,
	called_at bigint not null
);
create table if not exists sample_effect (
	effect_key varchar(600) primary key,
	run_id varchar(36) not null,
	step varchar(512) not null
);
create table if not exists sample_booking (
	id varchar(36) primary key,
	run_id varchar(36) not null,
	step varchar(512) not null
);
