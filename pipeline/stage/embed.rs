//! Where does a clause lie among all that could be said?
