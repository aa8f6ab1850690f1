print("convlstm-dist")
