using Yunnao.Formats.Dicom;

namespace Yunnao.Services.Imaging.Dimse;

/// <summary>SOP classes of the services that are given and used here (DICOM PS3.4, annexes A, C, J; PS3.6, table A-1).</summary>
internal static class SopClass
{
    public const string Verification = "1.2.840.10008.1.1";
    public const string StorageCommitment = "1.2.840.10008.1.20.1";
    public const string StorageCommitmentInstance = "1.2.840.10008.1.20.1.1";
    public const string PatientRootFind = "1.2.840.10008.5.1.4.1.2.1.1";
    public const string PatientRootMove = "1.2.840.10008.5.1.4.1.2.1.2";
    public const string PatientRootGet = "1.2.840.10008.5.1.4.1.2.1.3";
    public const string StudyRootFind = "1.2.840.10008.5.1.4.1.2.2.1";
    public const string StudyRootMove = "1.2.840.10008.5.1.4.1.2.2.2";
    public const string StudyRootGet = "1.2.840.10008.5.1.4.1.2.2.3";

    private const string Registered = "1.2.840.10008.";

    /// <summary>True for the classes whose services are given here, other than storage.</summary>
    public static bool IsService(string uid) =>
        uid is Verification or StorageCommitment or PatientRootFind or PatientRootMove or PatientRootGet or StudyRootFind or StudyRootMove or StudyRootGet;

    /// <summary>True for the storage classes of the standard, and for every private class: a manufacturer has few other uses for one.</summary>
    public static bool IsStorage(string uid) =>
        uid.StartsWith(Registered, StringComparison.Ordinal) ? DicomUid.Find(uid)?.IsStorageClass ?? false : DicomUid.IsValid(uid);
}
