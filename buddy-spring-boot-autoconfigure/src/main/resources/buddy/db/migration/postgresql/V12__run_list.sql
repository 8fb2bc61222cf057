-- the newest runs are found without a look at all others
create index buddy_workflow_run_time_idx on buddy_workflow_run (created_at, run_id);
-- runs that have failed are few; other databases have all statuses in an index
create index buddy_workflow_run_error_idx on buddy_workflow_run (created_at, run_id) where status = 'ERROR';
