import com.pixelmed.validate.DicomSRValidator;

/**
 * Judges Structured Reports by PixelMed's transcription of the templates of PS3.16: prints "== PATH" and then what it
 * found, for each. One process for all of them, because the rules take seconds to load.
 *
 * usage: java -cp pixelmed.jar PixelMedJudge.java PATH...
 */
class PixelMedJudge {
    public static void main(String[] paths) throws Exception {
        DicomSRValidator validator = new DicomSRValidator();
        for (String path : paths) {
            System.out.println("== " + path);
            try {
                System.out.println(validator.validate(path));
            } catch (Exception exception) {
                System.out.println("Error: not judged: " + exception);
                exception.printStackTrace(System.out);
            }
        }
    }
}
