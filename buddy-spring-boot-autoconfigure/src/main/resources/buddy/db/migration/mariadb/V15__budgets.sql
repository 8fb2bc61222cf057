-- what is used of budgets; scope_key is whose budget it is, cost counts billionths of the currency's unit
create table buddy_workflow_budget (
	budget_name varchar(64) character set ascii collate ascii_bin not null,
	scope_key varchar(255) not null,
	period_start bigint not null,
	period_end bigint,
	per varchar(16) not null,
	tokens bigint not null,
	cost bigint not null,
	time_millis bigint not null,
	raised_tokens bigint not null,
	raised_cost bigint not null,
	raised_millis bigint not null,
	warned boolean not null,
	updated_at bigint not null,
	primary key (budget_name, scope_key, period_start)
) default character set utf8mb4 collate utf8mb4_nopad_bin;

create index buddy_workflow_budget_idx on buddy_workflow_budget (period_end);
