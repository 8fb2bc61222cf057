-- what an overview of many runs shows, so that it reads neither their responses nor their errors
alter table buddy_workflow_run
	add column error_type varchar(255),
	add column input_tokens bigint,
	add column output_tokens bigint;
