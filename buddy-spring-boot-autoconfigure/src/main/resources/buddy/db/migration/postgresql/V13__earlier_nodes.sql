-- which nodes executed a run before its owner, each with the epoch of its execution
alter table buddy_workflow_run add column earlier_nodes varchar(4000);

-- lists of runs are read by the ids, which tell the time; these are the runs whose ids do not
create index buddy_workflow_run_stray_idx on buddy_workflow_run (created_at, run_id)
	where (created_at < 10000 or created_at > 281474976700655
		or run_id < lpad(to_hex((created_at - 10000) >> 16), 8, '0') || '-' || lpad(to_hex((created_at - 10000) & 65535), 4, '0')
		or run_id > lpad(to_hex((created_at + 10000) >> 16), 8, '0') || '-' || lpad(to_hex((created_at + 10000) & 65535), 4, '0'));
