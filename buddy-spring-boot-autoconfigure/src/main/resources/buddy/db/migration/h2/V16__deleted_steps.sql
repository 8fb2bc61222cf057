-- when the steps of a run were deleted for their age: it cannot be continued any more
alter table buddy_workflow_run add column steps_deleted_at bigint;
