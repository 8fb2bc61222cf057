-- which nodes executed a run before its owner, each with the epoch of its execution
alter table buddy_workflow_run add column earlier_nodes varchar(4000);
