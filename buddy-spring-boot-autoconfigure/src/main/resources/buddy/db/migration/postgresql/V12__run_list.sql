-- the newest runs, of all workflows and of one, are found without a look at all others
create index buddy_workflow_run_time_idx on buddy_workflow_run (created_at, run_id);
create index buddy_workflow_run_workflow_idx on buddy_workflow_run (workflow_id, created_at, run_id);
-- runs that did not complete are few; other databases have all statuses in an index
create index buddy_workflow_run_error_idx on buddy_workflow_run (created_at, run_id) where status = 'ERROR';
create index buddy_workflow_run_cancelled_idx on buddy_workflow_run (created_at, run_id) where status = 'CANCELLED';
