-- what an overview of many runs shows, so that it reads neither their responses nor their errors
alter table buddy_workflow_run add column error_type varchar(255);
alter table buddy_workflow_run add column input_tokens bigint;
alter table buddy_workflow_run add column output_tokens bigint;
