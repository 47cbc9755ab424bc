DROP TABLE webhook_dead;
DROP TABLE webhooks;
