-- SQLite has no lengths: there is room for names, reasons and details that the application encrypts
select 1;
