-- what an overview of many runs shows, so that it reads neither their responses nor their errors
alter table buddy_workflow_run add (
	error_type varchar(255),
	input_tokens bigint,
	output_tokens bigint
);
