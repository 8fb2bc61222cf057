-- the newest runs, of all workflows and of one, are found without a look at all others
create index buddy_workflow_run_time_idx on buddy_workflow_run (created_at, run_id);
create index buddy_workflow_run_workflow_idx on buddy_workflow_run (workflow_id, created_at, run_id);
