-- the newest runs are found without a look at all others
create index buddy_workflow_run_time_idx on buddy_workflow_run (created_at, run_id);
