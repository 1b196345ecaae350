using Yunnao.Kernel;

namespace Yunnao.Services.Exports.Targets;

/// <summary>What can go wrong in a target, told without what its server says, which may hold values of rows.</summary>
internal static class TargetProblems
{
    /// <summary>The database cannot be reached, or was lost in the middle.</summary>
    public static Problem Lost { get; } = new(
        ProblemKind.Unavailable, "target.connect", "The database cannot be reached, or was lost in the middle. Nothing of the data set that was being written counts; the same command goes on with it.");

    public static Problem Login { get; } = new(ProblemKind.Forbidden, "target.login", "The database does not accept this account or its password, or has no database of this name for it.");

    public static Problem Rights { get; } = new(ProblemKind.Forbidden, "target.rights", "The account lacks a right in the database: it makes, changes, reads and writes tables of its schema. Nothing was changed.");

    public static Problem Full { get; } = new(ProblemKind.Unavailable, "target.full", "The database has no room left. Nothing of the data set that was being written counts; when there is room, the same command goes on with it.");

    public static Problem Connection { get; } = new(ProblemKind.Incorrect, "target.connection", "The connection of the target has a word that its driver does not know, or a value that it does not take.");

    /// <summary>Another platform counts other rows than it was sent.</summary>
    public static Problem Count(long sent, long counted) => new(
        ProblemKind.Fault, "target.count", $"The receiving platform counts {counted} rows of {sent} that were sent. What it has stays; look at its batches, then run the same command.");

    public static Problem Busy(string table) => new(ProblemKind.Busy, "target.busy", "Another export, or the end of one that was cut off, still holds the table; try again in a minute.", new(table));

    public static Problem Refused(string state) => new(ProblemKind.Incorrect, "target.refused", $"The database refuses a statement ({state}). Nothing of the data set that was being written counts.");

    public static Problem Value(string table) => new(ProblemKind.Incorrect, "target.value", "The database does not hold a value as it is (a time before or after what it knows, a sign that its character set lacks). Nothing of this table was changed.", new(table));

    public static Problem NotOurs(string table) => new(ProblemKind.Conflict, "target.not-ours", "The database has a table of this name with rows that no export brought. Name another schema or database in the description, or rename the table.", new(table));

    public static Problem Shape(string table, string column, Sentence there, Sentence wanted) => new(
        ProblemKind.Conflict, "target.shape", $"The column {column} is {there} in the database and would have to be {wanted}; its values would not fit. Rename the table, or change the column.", new(table, Path: column));
}
