print("convlstm-shard")
