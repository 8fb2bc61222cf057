-- room for names, reasons and details that the application encrypts
alter table buddy_workflow_session modify column session_name varchar(2000);
alter table buddy_workflow_audit modify column detail varchar(8000);
alter table buddy_workflow_run modify column cancel_requested varchar(2000);
