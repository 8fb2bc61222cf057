-- runs that did not complete are few; other databases have all statuses in an index. An index of all runs by their
-- time would be a tenth of what a run writes into the log, so there is none
create index buddy_workflow_run_error_idx on buddy_workflow_run (created_at, run_id) where status = 'ERROR';
create index buddy_workflow_run_cancelled_idx on buddy_workflow_run (created_at, run_id) where status = 'CANCELLED';
