-- room for names, reasons and details that the application encrypts
alter table buddy_workflow_session alter column session_name type varchar(2000);
alter table buddy_workflow_audit alter column detail type varchar(8000);
alter table buddy_workflow_run alter column cancel_requested type varchar(2000);
